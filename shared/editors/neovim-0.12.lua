-- Neovim 0.12 or newer: ghost text while you type, <Tab> takes it, <M-]> shows others. Put this into init.lua.
-- Sign in once with `copilot-lsp login` in a shell, or with `:CopilotSignIn` here.

vim.lsp.config("copilot_lsp", {
  cmd = { "copilot-lsp", "--stdio" },
  root_markers = { ".git" },
})
vim.lsp.enable("copilot_lsp")
vim.lsp.inline_completion.enable()

-- Neovim replaces what stood in the line when it asked. What was typed of the suggestion since would stay, doubled.
local function up_to_cursor(item)
  local text = item.insert_text
  if type(text) ~= "string" or not item.range then
    return item
  end
  local start_row, start_col, end_row, end_col = item.range:to_extmark()
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  if start_row ~= row or end_row ~= row or col <= end_col then
    return item
  end
  local line = vim.api.nvim_get_current_line()
  if not vim.startswith(text, line:sub(start_col + 1, col)) then
    return nil
  end
  local rest = line:sub(col + 1)
  local stop = vim.endswith(text:match("[^\r\n]*"), rest) and #line or col
  local range = { start = { line = row, character = start_col }, ["end"] = { line = row, character = stop } }
  item.range = vim.range.lsp(0, range, "utf-8")
  return item
end

vim.keymap.set("i", "<Tab>", function()
  if not vim.lsp.inline_completion.get({ on_accept = up_to_cursor }) then
    return "<Tab>"
  end
end, { expr = true, desc = "Take the suggestion" })

-- The first press asks for others, the next ones go through them. Neovim has no public way to ask by hand.
vim.keymap.set("i", "<M-]>", function()
  local known = require("vim.lsp._capability").all.inline_completion
  local completor = known and known.active[vim.api.nvim_get_current_buf()]
  if not completor then
    return
  elseif completor:count_items() > 1 then
    vim.lsp.inline_completion.select()
  else
    completor:request(vim.lsp.protocol.InlineCompletionTriggerKind.Invoked)
  end
end, { desc = "Another suggestion" })

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
