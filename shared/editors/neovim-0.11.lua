-- Neovim 0.11 or newer, without ghost text: suggestions in the completion popup, after some characters by themselves and
-- at <C-Space> anywhere. Put this into init.lua.
-- Sign in once with `copilot-lsp login` in a shell, or with `:CopilotSignIn` here.

vim.lsp.config("copilot_lsp", {
  cmd = { "copilot-lsp", "--stdio" },
  root_markers = { ".git" },
  -- Neovim 0.12 has ghost text; this says that the popup is wanted all the same.
  init_options = { ["copilot-lsp"] = { ["lsp.menu"] = "always" } },
})
vim.lsp.enable("copilot_lsp")

vim.o.completeopt = "menuone,noselect,popup"

vim.api.nvim_create_autocmd("LspAttach", {
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client:supports_method("textDocument/completion") then
      vim.lsp.completion.enable(true, client.id, event.buf, { autotrigger = true })
      vim.keymap.set("i", "<C-Space>", function()
        vim.lsp.completion.get()
      end, { buffer = event.buf, desc = "Complete" })
    end
  end,
})

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
