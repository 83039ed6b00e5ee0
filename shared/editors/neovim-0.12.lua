-- Neovim 0.12 or newer: ghost text while you type, <Tab> takes it, <M-]> shows others. Put this into init.lua.
-- Sign in once with `copilot-lsp login` in a shell, or with `:CopilotSignIn` here.

vim.lsp.config("copilot_lsp", {
  cmd = { "copilot-lsp", "--stdio" },
  root_markers = { ".git" },
  -- A suggestion then begins where the cursor was when Neovim asked.
  init_options = { ["copilot-lsp"] = { ["lsp.rangeStyle"] = "cursor" } },
})
vim.lsp.enable("copilot_lsp")
vim.lsp.inline_completion.enable()

-- Neovim asks again 200 ms after a key. Until then the suggestion is for the place where the cursor was: what was typed
-- of it since is replaced as well, and nil says that it does not fit any more.
local function moved_to_cursor(item)
  local text = item.insert_text
  if type(text) ~= "string" or not item.range then
    return item
  end
  local start_row, start_col, end_row, end_col = item.range:to_extmark()
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  if start_row ~= row or end_row ~= row or col < start_col then
    return nil
  end
  local line = vim.api.nvim_get_current_line()
  local typed = line:sub(start_col + 1, col)
  local replaced = end_col - start_col
  if not vim.startswith(text, typed) and not line:sub(1, start_col):find("%S") then
    -- Another indentation than the one that is there.
    local indent = typed:match("^%s*")
    typed, text, replaced = typed:sub(#indent + 1), vim.trim(text), replaced - #indent
  end
  if not vim.startswith(text, typed) or replaced < 0 or col + replaced > #line then
    return nil
  end
  local range = { start = { line = row, character = start_col }, ["end"] = { line = row, character = col + replaced } }
  item.range = vim.range.lsp(0, range, "utf-8")
  return item
end

-- Where there is no suggestion <Tab> does what it did before: what you mapped it to, or Neovim's own jump in a snippet.
local take, other_tab = "Take the suggestion", "<Plug>(copilot-lsp-tab)"
local before = vim.fn.maparg("<Tab>", "i", false, true)
if before.lhs and before.desc ~= take then
  before.lhs, before.lhsraw, before.lhsrawalt = other_tab, vim.keycode(other_tab), nil
  vim.fn.mapset("i", false, before)
end

vim.keymap.set("i", "<Tab>", function()
  local taken, over = false, false
  local is_shown = vim.lsp.inline_completion.get({
    on_accept = function(item)
      item = moved_to_cursor(item)
      taken = item ~= nil
      return item
    end,
  })
  if is_shown then
    -- Neovim takes it a moment later. Keys that were typed meanwhile come after it.
    vim.schedule(function()
      over = true
    end)
    vim.wait(1000, function()
      return over
    end)
  end
  if taken then
    return
  elseif vim.fn.maparg(other_tab, "i") ~= "" then
    vim.api.nvim_feedkeys(vim.keycode(other_tab), "im", false)
  else
    vim.api.nvim_feedkeys(vim.keycode("<Tab>"), "in", false)
  end
end, { desc = take })

-- The first press asks for others, the next ones go through them. Neovim has no public way to ask by hand.
vim.keymap.set("i", "<M-]>", function()
  local known = require("vim.lsp._capability").all.inline_completion
  local completor = known and known.active[vim.api.nvim_get_current_buf()]
  if not completor then
    return
  elseif completor:count_items() > 1 then
    vim.lsp.inline_completion.select()
    return
  end
  -- The answer begins with the one that is shown: go on to the next.
  local shown, id = completor.current, nil
  vim.api.nvim_create_autocmd("LspRequest", {
    callback = function(event)
      local request = event.data.request
      if request.method ~= "textDocument/inlineCompletion" then
        return
      elseif request.type == "pending" then
        id = id or event.data.request_id
      elseif event.data.request_id == id then
        vim.schedule(function()
          if shown and request.type == "complete" then
            vim.lsp.inline_completion.select()
          end
        end)
        return true
      end
    end,
  })
  completor:request(vim.lsp.protocol.InlineCompletionTriggerKind.Invoked)
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
