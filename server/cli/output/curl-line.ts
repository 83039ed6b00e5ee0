// The command that a person can paste to ask the HTTP front themselves.

export const curlQuestion = { prompt: "def fibonacci(n):\n    ", language: "python" } as const;

/** For a POSIX shell. JSON writes its line ends as `\n`, and no part of the question holds a single quote. */
export function curlLine(url: string): string {
  return `curl -s ${url}/ -d '${JSON.stringify(curlQuestion)}'`;
}
