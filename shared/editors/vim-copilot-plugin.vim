" Vim 9 and Neovim with the plugin github/copilot.vim, 1.31 or newer: put this into your vimrc, above the line that loads
" the plugin. Everything else is as the plugin's own help says: <Tab> takes a suggestion, :Copilot setup signs in.

" The plugin wants a path that can be read, not a name to be looked up.
let g:copilot_command = exepath('copilot-lsp')
