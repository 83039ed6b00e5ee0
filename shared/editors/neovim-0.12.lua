-- Neovim 0.12 or newer: ghost text while you type, <Tab> takes it. Put this into init.lua.
-- Sign in once with `copilot-lsp login` in a shell, or with `:CopilotSignIn` here.

vim.lsp.config("copilot_lsp", {
  cmd = { "copilot-lsp", "--stdio" },
  root_markers = { ".git" },
})
vim.lsp.enable("copilot_lsp")
vim.lsp.inline_completion.enable()

vim.keymap.set("i", "<Tab>", function()
  if not vim.lsp.inline_completion.get() then
    return "<Tab>"
  end
end, { expr = true, desc = "Take the suggestion" })

for name, command in pairs({ CopilotSignIn = "copilot.signIn", CopilotSignOut = "copilot.signOut", CopilotStatus = "copilot.status" }) do
  vim.api.nvim_create_user_command(name, function()
    local client = vim.lsp.get_clients({ name = "copilot_lsp" })[1]
    if client then
      client:exec_cmd({ title = name, command = command })
    else
      vim.notify("copilot-lsp runs once a file is open", vim.log.levels.WARN)
    end
  end, {})
end
