-- A client of next edits that sends what sidekick.nvim sends and checks what that checks: it asks in normal mode, drops
-- what is not of the buffer's version, makes all edits of an answer at once, and then runs their commands. It never says
-- that it showed one.

vim.lsp.config("copilot", {
  cmd = { "copilot-lsp", "--stdio" },
  root_dir = vim.env.HOME .. "/project",
  init_options = {
    editorInfo = { name = "Neovim", version = tostring(vim.version()) },
    editorPluginInfo = { name = "Neovim", version = tostring(vim.version()) },
  },
})
vim.lsp.enable("copilot")

local edits, pending, focused = {}, nil, nil
local timer = assert(vim.uv.new_timer())

local function client()
  return vim.lsp.get_clients({ name = "copilot", bufnr = 0 })[1]
end

local function clear()
  if pending then
    client():cancel_request(pending)
  end
  edits, pending = {}, nil
end

local function ask()
  clear()
  local params = vim.lsp.util.make_position_params(0, client().offset_encoding)
  params.textDocument.version = vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]
  params.context = { triggerKind = 2 }
  local _, id = client():request("textDocument/copilotInlineEdit", params, function(problem, result, context)
    if problem or context.request_id ~= pending then
      return
    end
    pending = nil
    edits = vim.tbl_filter(function(edit)
      local buf = vim.fn.bufnr(vim.uri_to_fname(edit.textDocument.uri), false)
      return buf > 0 and edit.textDocument.version == vim.lsp.util.buf_versions[buf]
    end, (result or {}).edits or {})
  end)
  pending = id
end

local function soon()
  timer:start(100, 0, vim.schedule_wrap(ask))
end

local function focus()
  local uri = vim.uri_from_bufnr(0)
  if client() and focused ~= uri then
    focused = uri
    client():notify("textDocument/didFocus", { textDocument = { uri = uri } })
  end
end

vim.api.nvim_create_autocmd({ "BufEnter", "WinEnter", "LspAttach" }, { callback = vim.schedule_wrap(focus) })
vim.api.nvim_create_autocmd("ModeChanged", { pattern = "i:n", callback = soon })
vim.api.nvim_create_autocmd("TextChanged", { callback = soon })
vim.api.nvim_create_autocmd({ "TextChangedI", "InsertEnter" }, { callback = clear })
vim.keymap.set("n", "<Esc>", clear)

-- Goes to the first edit; there, makes all of them. Answers what it did.
vim.keymap.set("n", "<Tab>", function()
  local first = edits[1]
  if not first then
    return
  elseif vim.api.nvim_win_get_cursor(0)[1] ~= first.range.start.line + 1 then
    return vim.api.nvim_win_set_cursor(0, { first.range.start.line + 1, first.range.start.character })
  end
  local taken = edits
  edits = {}
  local changes = vim.tbl_map(function(edit)
    return { range = edit.range, newText = edit.text }
  end, taken)
  vim.lsp.util.apply_text_edits(changes, vim.api.nvim_get_current_buf(), client().offset_encoding)
  vim.schedule(function()
    for _, edit in ipairs(taken) do
      client():exec_cmd(edit.command, { bufnr = 0 })
    end
    soon()
  end)
end)

return function(editor)
  local function shown()
    return editor.wait_for("an edit", function()
      return #edits == 1 and edits[1].text
    end)
  end
  editor.keys("2Gwipx<Esc>lx")
  local first = shown()
  editor.keys("<Tab>")
  local line = vim.api.nvim_win_get_cursor(0)[1]
  editor.keys("<Tab>")
  local second = shown()
  editor.keys("<Esc>")
  local is_gone = #edits == 0
  editor.save()
  local text = table.concat(editor.lines(), "\n")
  -- The person has seen it, and types elsewhere.
  editor.pause(1100)
  editor.keys("5GA;<Esc>")
  local third = shown()
  editor.keys("uu")
  local undone = table.concat(editor.lines(), "\n")
  return { first = first, line = line, second = second, isGone = is_gone, text = text, third = third, undone = undone }
end
