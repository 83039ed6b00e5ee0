# Kakoune with kakoune-lsp 18 or newer: put this into kakrc, after `eval %sh{kak-lsp}` and your own servers. Suggestions
# come in the completion menu, after those of the other servers. Sign in once with `copilot-lsp login` in a shell, or with
# `:lsp-execute-command copilot.signIn '[]'` here.
# Tried in Kakoune itself; with kakoune-lsp only as its source has it, since no Debian suite has that program.

hook -group copilot-lsp global BufSetOption filetype=(?:c|cpp|css|go|html|java|javascript|lua|python|ruby|rust|sh|typescript) %{
    set-option -add buffer lsp_servers %{
        [copilot-lsp]
        root_globs = [".git", ".hg"]
        command = "copilot-lsp"
        args = ["--stdio"]
    }
}

# The edit that should follow your last ones is among the code actions (lsp-code-actions); this key makes it and goes there.
map -docstring 'make the next edit' global user n ":lsp-execute-command copilot.nextEdit '[]'<ret>"
