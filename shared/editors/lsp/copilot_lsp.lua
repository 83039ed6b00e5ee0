---@brief
---
--- https://github.com/OWNER/copilot-lsp
---
--- `copilot-lsp` brings the completions of GitHub Copilot, or of a model of your own, to Neovim. It needs Node.js 20.18.1
--- or newer; its README says how to install it.
---
--- You need to enable `:help lsp-inline-completion` to receive suggestions, and to choose a key that takes them:
---
--- ```lua
--- vim.lsp.inline_completion.enable()
--- vim.keymap.set('i', '<C-F>', vim.lsp.inline_completion.get, { desc = 'LSP: accept inline completion' })
--- ```
---
--- In Neovim 0.11 they come in the completion popup, with
--- `init_options = { ['copilot-lsp'] = { ['lsp.menu'] = 'always' } }`.
---
--- Sign in with `:LspCopilotSignIn`; `:LspCopilotSignOut` and `:LspCopilotStatus` are there too.

local neovim = { name = 'Neovim', version = tostring(vim.version()) }

---@type vim.lsp.Config
return {
  cmd = { 'copilot-lsp', '--stdio' },
  root_markers = { '.git' },
  init_options = { editorInfo = neovim, editorPluginInfo = neovim },
  on_attach = function(client, bufnr)
    ---@param name string
    ---@param command string
    ---@param desc string
    local function create_command(name, command, desc)
      vim.api.nvim_buf_create_user_command(bufnr, name, function()
        client:exec_cmd({ title = desc, command = command }, { bufnr = bufnr })
      end, { desc = desc })
    end
    create_command('LspCopilotSignIn', 'copilot.signIn', 'Sign in to GitHub Copilot')
    create_command('LspCopilotSignOut', 'copilot.signOut', 'Sign out of GitHub Copilot')
    create_command('LspCopilotStatus', 'copilot.status', 'Say how it goes with GitHub Copilot')
  end,
}
