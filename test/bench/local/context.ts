/** The model's own context is 256 tokens; a real one has this and more. Its tokens are bytes. */
export const contextArgs = ["-np", "1", "-c", "8192", "--override-kv", "llama.context_length=int:8192"];
