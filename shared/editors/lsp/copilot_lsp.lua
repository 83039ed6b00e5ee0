---@brief
---
--- GitHub Copilot for Neovim 0.11 and newer: ghost text with `vim.lsp.inline_completion.enable()` (0.12), or
--- entries of the completion popup with `init_options = { ["copilot-lsp"] = { ["lsp.menu"] = "always" } }`.
---
--- Put this file into `~/.config/nvim/lsp/` and say `vim.lsp.enable("copilot_lsp")`. In each buffer it makes
--- `:CopilotSignIn`, `:CopilotSignOut` and `:CopilotStatus`.

---@param client vim.lsp.Client
---@param bufnr integer
local function create_commands(client, bufnr)
  local commands =
    { CopilotSignIn = "copilot.signIn", CopilotSignOut = "copilot.signOut", CopilotStatus = "copilot.status" }
  for name, command in pairs(commands) do
    vim.api.nvim_buf_create_user_command(bufnr, name, function()
      client:exec_cmd({ title = name, command = command }, { bufnr = bufnr })
    end, { desc = (name:gsub("Copilot", "Copilot: ")) })
  end
end

---@type vim.lsp.Config
return {
  cmd = { "copilot-lsp", "--stdio" },
  root_markers = { ".git" },
  on_attach = create_commands,
}
