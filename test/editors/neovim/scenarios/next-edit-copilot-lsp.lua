-- A client of next edits that sends what copilotlsp-nvim/copilot-lsp sends and checks what that checks; copilot.lua calls
-- the same module under its own client and asks for completions beside it. It asks after each pause, in insert mode too,
-- shows every error as a message, lets an empty answer take away what is on screen, and never says that it made an edit.

local is_copilot_lua = vim.json.decode(vim.env.KEYS) == "copilot.lua"
local name = is_copilot_lua and "copilot" or "copilot_ls"
local plugin = is_copilot_lua and { name = "copilot.lua", version = "1.0" }
  or { name = "Github Copilot LSP for Neovim", version = "0.0.1" }
local shown
local told, asked = {}, 0
local timer = assert(vim.uv.new_timer())

local function client()
  return vim.lsp.get_clients({ name = name })[1]
end

local function ask()
  local buf = vim.api.nvim_get_current_buf()
  local params = vim.lsp.util.make_position_params(0, "utf-16")
  params.textDocument.version = vim.lsp.util.buf_versions[buf]
  asked = asked + 1
  client():request("textDocument/copilotInlineEdit", params, function(problem, result)
    if problem then
      table.insert(told, problem.message)
      return
    end
    shown = nil
    if #result.edits > 0 then
      shown = result.edits[1]
      client():notify("textDocument/didShowInlineEdit", { item = { command = shown.command } })
    end
  end)
end

local function complete()
  local uri, version = vim.uri_from_bufnr(0), vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]
  local position = vim.lsp.util.make_position_params(0, "utf-16").position
  local doc = { uri = uri, version = version, position = position, relativePath = "point.js" }
  doc = vim.tbl_extend("error", doc, { tabSize = 2, indentSize = 2, insertSpaces = true })
  local params = { doc = doc, textDocument = { uri = uri, version = version }, position = position }
  client():request("getCompletions", params, function(_, result)
    local item = result and result.completions and result.completions[1]
    if item then
      client():request("notifyShown", { uuid = item.uuid }, function() end)
    end
  end)
end

vim.lsp.config(name, {
  cmd = { "copilot-lsp", "--stdio" },
  root_dir = vim.env.HOME .. "/project",
  init_options = { editorInfo = { name = "neovim", version = tostring(vim.version()) }, editorPluginInfo = plugin },
  settings = { nextEditSuggestions = { enabled = true } },
  on_init = function(started)
    if is_copilot_lua then
      started:request("checkStatus", { _ = true }, function() end)
    end
    vim.api.nvim_create_autocmd({ "TextChanged", "TextChangedI" }, {
      callback = function(event)
        timer:start(500, 0, vim.schedule_wrap(ask))
        if is_copilot_lua and event.event == "TextChangedI" then
          complete()
        end
      end,
    })
    vim.api.nvim_create_autocmd("BufEnter", {
      callback = function()
        started:notify("textDocument/didFocus", { textDocument = { uri = vim.uri_from_bufnr(0) } })
      end,
    })
  end,
})
vim.lsp.enable(name)

vim.keymap.set("n", "<Tab>", function()
  if not shown then
    return
  elseif vim.api.nvim_win_get_cursor(0)[1] - 1 ~= shown.range.start.line then
    return vim.lsp.util.show_document({ uri = shown.textDocument.uri, range = shown.range }, "utf-16", { focus = true })
  end
  vim.lsp.util.apply_text_edits({ { range = shown.range, newText = shown.text } }, vim.uri_to_bufnr(shown.textDocument.uri), "utf-16")
  shown = nil
end)
vim.keymap.set("n", "<Esc>", function()
  shown = nil
end)

return function(editor)
  local function wait_for_edit()
    return editor.wait_for("an edit", function()
      return shown and shown.text
    end)
  end
  -- The first question is still open when the second is asked.
  editor.keys("2Gwip")
  editor.wait_for_word("held")
  editor.keys("x")
  editor.wait_for("the second question", function()
    return asked == 2
  end)
  editor.keys("<Esc>lx")
  editor.tell("asked-again")
  local first = wait_for_edit()
  editor.keys("<Tab>")
  local line = vim.api.nvim_win_get_cursor(0)[1]
  editor.keys("<Tab>")
  local second = wait_for_edit()
  editor.keys("<Esc>")
  local is_gone = shown == nil
  editor.save()
  local text = table.concat(editor.lines(), "\n")
  -- The person has seen it, and types elsewhere.
  editor.pause(1100)
  editor.keys("5GA;<Esc>")
  local third = wait_for_edit()
  editor.keys("uu")
  local undone = table.concat(editor.lines(), "\n")
  local answer = { first = first, line = line, second = second, isGone = is_gone, text = text, third = third }
  return vim.tbl_extend("error", answer, { undone = undone, told = told })
end
