# Kakoune with kakoune-lsp 18 or newer: put this into kakrc, after `eval %sh{kak-lsp}`, `lsp-enable` and your own servers.
# Suggestions come in the completion menu, after those of the other servers. Sign in once with `copilot-lsp login` in a
# shell, or with `:lsp-execute-command copilot.signIn '[]'` here.

# kakoune-lsp asks no server of a buffer when one of them is not installed. So its usual ones that are not are taken out.
evaluate-commands %sh{
    kak-lsp | sed -n '
        s/.*hook -group \(lsp-filetype-[^ ]*\).*/group \1/p
        s/^ *\[\([^].]*\)\] *$/server \1/p
        s/^ *command *= *"\(.*\)".*/command \1/p' |
    {
        group= program=
        settle() { [ -z "$group" ] || [ -z "$program" ] || command -v "$program" >/dev/null || echo "remove-hooks global $group"; }
        while read -r what name; do
            case $what in
                group) settle; group=$name program= ;;
                server) settle; program=$name ;;
                command) program=$name ;;
            esac
        done
        settle
    }
}

hook -group copilot-lsp global BufSetOption filetype=(?:c|cpp|css|go|html|java|javascript|lua|python|ruby|rust|sh|typescript) %{
    # kakoune-lsp 21 gives a buffer its usual servers only as long as it has none.
    try %{ lsp-if-no-servers trigger-user-hook "LSPDefaultConfig=%opt{filetype}" }
    set-option -add buffer lsp_servers %{
        [copilot-lsp]
        root_globs = [".git", ".hg"]
        command = "copilot-lsp"
        args = ["--stdio"]
    }
}

# The edit that should follow your last ones is among the code actions (lsp-code-actions); this key makes it and goes there.
map -docstring 'make the next edit' global user n ":lsp-execute-command copilot.nextEdit '[]'<ret>"
