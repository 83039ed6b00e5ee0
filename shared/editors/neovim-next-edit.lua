-- Next edits for Neovim 0.11 or newer: what should change next because of what was changed last, shown where it belongs.
-- Put this file into ~/.config/nvim/plugin/, beside the configuration that starts the server.
-- <Tab> goes to the edit and, pressed there, makes it; <Esc> in normal mode sends it away. Without an edit on screen both
-- keys are what they were. :CopilotNextEdit asks by hand, and says why there is none.

local api, fn, rest_ms = vim.api, vim.fn, 100
local marks = api.nvim_create_namespace("copilot_lsp.next_edit")
local pointer = api.nvim_create_namespace("copilot_lsp.next_edit.pointer")
local timer = assert(vim.uv.new_timer())
local shown, asked = nil, 0 -- the edit on screen; number of the newest question

for name, link in pairs({ Add = "DiffAdd", Delete = "DiffDelete", Pointer = "Comment" }) do
  api.nvim_set_hl(0, "CopilotNextEdit" .. name, { link = link, default = true })
end

-- Hunks { first old, count, first new, count }; where a count is 0, the first is the one before.
local function diff(old, new)
  local function text(list)
    return #list == 0 and "" or table.concat(list, "\n") .. "\n"
  end
  return (vim.text.diff or vim.diff)(text(old), text(new), { result_type = "indices", linematch = 60 })
end

-- What changes inside a line, word by word, as { from, to, text }; nil when little of the line stays.
local function changes_in(old, new)
  local function words(line)
    return vim.split(line:gsub("[%w_\128-\255]+", "\n%0\n"), "\n")
  end
  local a, b, changes, removed = words(old), words(new), {}, 0
  for _, hunk in ipairs(diff(a, b)) do
    local first, count, new_first, new_count = unpack(hunk)
    local from = #table.concat(a, "", 1, count == 0 and first or first - 1)
    local to = from + #table.concat(a, "", first, first + count - 1)
    table.insert(changes, { from, to, table.concat(b, "", new_first, new_first + new_count - 1) })
    removed = removed + to - from
  end
  return removed * 2 <= #old and changes or nil
end

-- The edit's lines as they are and as they will be. The server counts an empty line behind the last line end.
local function lines_of(buf, encoding, edit)
  local first, last = edit.range.start, edit.range["end"]
  local old = api.nvim_buf_get_lines(buf, first.line, last.line + 1, false)
  local is_behind = #old <= last.line - first.line
  old[#old + 1] = is_behind and "" or nil
  local head = old[1]:sub(1, vim.str_byteindex(old[1], encoding, first.character, false))
  local tail = old[#old]:sub(vim.str_byteindex(old[#old], encoding, last.character, false) + 1)
  local text = vim.bo[buf].fileformat == "unix" and edit.text or edit.text:gsub("\r\n?", "\n")
  local new = vim.split(head .. text .. tail, "\n")
  if is_behind then
    old[#old], new[#new] = nil, new[#new] ~= "" and new[#new] or nil
  end
  return old, new
end

-- Draws it, and notes where it begins and where the cursor belongs afterwards, as { rows below `row`, bytes }.
local function draw(edit)
  local function mark(line, col, options)
    edit.start = edit.start or { math.max(line, 0), col }
    -- An undo would put it where another one with its number was.
    options.strict, options.undo_restore = false, false
    return api.nvim_buf_set_extmark(edit.buf, marks, edit.row + line, col, options)
  end
  for _, hunk in ipairs(diff(edit.old, edit.new)) do
    local first, count, new_first, new_count = unpack(hunk)
    local last, is_top = new_first + new_count - 1, edit.row + first + count == 0
    local changes = count == 1 and new_count == 1 and changes_in(edit.old[first], edit.new[last])
    edit.finish = { math.max(last - 1, 0), new_count > 0 and #edit.new[last] or 0 }
    for _, change in ipairs(changes or {}) do
      local from, to, text = unpack(change)
      mark(first - 1, from, { end_col = to, hl_group = "CopilotNextEditDelete" })
      mark(first - 1, to, { virt_text = { { text, "CopilotNextEditAdd" } }, virt_text_pos = "inline" })
      edit.finish[2] = #edit.new[last] - (#edit.old[first] - to)
    end
    if not changes and count > 0 then
      mark(first - 1, 0, { end_row = edit.row + first - 1 + count, hl_group = "CopilotNextEditDelete", hl_eol = true })
    end
    if not changes and new_count > 0 then
      local lines = vim.tbl_map(function(line)
        return { { line, "CopilotNextEditAdd" } }
      end, vim.list_slice(edit.new, new_first, last))
      fn.winrestview(is_top and { topfill = #lines } or vim.empty_dict())
      mark(is_top and 0 or first + math.max(count, 1) - 2, 0, { virt_lines = lines, virt_lines_above = is_top })
    end
  end
  edit.mark = mark(0, 0, {})
end

-- The row that its lines are at now, and the line to go to, from 1; nil when its lines have changed.
local function place()
  local is_here = shown and shown.buf == api.nvim_get_current_buf()
  local row = is_here and api.nvim_buf_get_extmark_by_id(shown.buf, marks, shown.mark, {})[1]
  if row and vim.deep_equal(api.nvim_buf_get_lines(shown.buf, row, row + #shown.old, false), shown.old) then
    return row, math.min(row + shown.start[1] + 1, api.nvim_buf_line_count(shown.buf))
  end
end

-- `outcome`: Accept, Reject, or Ignore.
local function hide(outcome)
  if shown then
    api.nvim_buf_clear_namespace(shown.buf, marks, 0, -1)
    api.nvim_buf_clear_namespace(shown.buf, pointer, 0, -1)
    local command = ("github.copilot.did%sNextEditSuggestionItem"):format(outcome)
    local params = { command = command, arguments = shown.command.arguments }
    shown.client:request("workspace/executeCommand", params, function() end)
    shown = nil
  end
end

-- Takes the edit away when its lines have changed, and says at the cursor where it is when it is out of sight.
local function look()
  api.nvim_buf_clear_namespace(0, pointer, 0, -1)
  local _, line = place()
  if not line then
    hide("Ignore")
  elseif line < fn.line("w0") or line > fn.line("w$") or fn.foldclosed(line) > 0 then
    local text = { { ("  next edit: line %d"):format(line), "CopilotNextEditPointer" } }
    api.nvim_buf_set_extmark(0, pointer, fn.line(".") - 1, 0, { virt_text = text })
  end
end

local function is_ghost_shown()
  local ghosts = api.nvim_get_namespaces()["nvim.lsp.inline_completion"]
  return ghosts and #api.nvim_buf_get_extmarks(0, ghosts, 0, -1, { limit = 1 }) > 0
end

local function show(buf, client, edit)
  local row, old, new = edit.range.start.line, lines_of(buf, client.offset_encoding, edit)
  if place() == row and vim.deep_equal(shown.new, new) and vim.deep_equal(shown.command, edit.command) then
    shown.textDocument = edit.textDocument -- Drawn anew it would flicker.
    return
  end
  hide("Ignore")
  local below = fn.line(".") - 1 - row
  if vim.deep_equal(old, new) or is_ghost_shown() and below >= 0 and below < #old then
    return
  end
  shown = vim.tbl_extend("error", edit, { buf = buf, client = client, row = row, old = old, new = new })
  draw(shown)
  look()
  client:notify("textDocument/didShowInlineEdit", { item = { command = edit.command } })
end

local by_hand -- The buffer and version of a question that was asked by hand and is not answered yet.

local function ask(is_by_hand)
  timer:stop()
  local buf = api.nvim_get_current_buf()
  local version = vim.lsp.util.buf_versions[buf]
  if not is_by_hand and vim.deep_equal(by_hand, { buf, version }) then
    return
  end
  by_hand = is_by_hand and { buf, version } or nil
  asked = asked + 1
  local this = asked
  local client = vim.iter(vim.lsp.get_clients({ bufnr = buf })):find(function(client)
    return client.name:find("copilot") ~= nil
  end)
  local is_known = shown and shown.textDocument.version == version and not is_by_hand
  if not client or is_known or not vim.bo[buf].modifiable then
    return
  end
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.textDocument.version = version
  params.context = { triggerKind = is_by_hand and 1 or 2, tellsDismissals = true }
  client:request("textDocument/copilotInlineEdit", params, function(_, result)
    by_hand = asked ~= this and by_hand or nil
    local reason = not result and "the server failed" or result.reason or "it changes nothing"
    if asked ~= this or buf ~= api.nvim_get_current_buf() or vim.lsp.util.buf_versions[buf] ~= version then
      return
    elseif reason == "late" then
      timer:start(rest_ms, 0, vim.schedule_wrap(ask))
    elseif result and result.edits[1] then
      show(buf, client, result.edits[1])
    else
      hide("Ignore")
    end
    if is_by_hand and not shown then
      vim.notify("No next edit: " .. reason)
    end
  end, buf)
end

local is_taken, is_pending -- whether the last key was for the edit; whether it belongs to the next one

-- Goes to the edit or, there, makes it. Answers whether the key was for it.
local function on_tab(mode)
  local row, line = place()
  local cursor, col = unpack(api.nvim_win_get_cursor(0))
  local is_there = row and cursor >= line and cursor <= math.max(line, row + #shown.old)
  local is_other = is_ghost_shown() or fn.pumvisible() == 1 or vim.snippet.active({ direction = 1 })
  local is_indent = not is_there and not shown.is_reached and not api.nvim_get_current_line():sub(1, col):find("%S")
  if not row or mode == "i" and (is_other or is_indent) then
    return false
  elseif is_there then
    vim.bo.undolevels = vim.bo.undolevels -- An undo step of its own.
    api.nvim_buf_set_lines(0, row, row + #shown.old, true, shown.new)
    vim.bo.undolevels = vim.bo.undolevels
    api.nvim_win_set_cursor(0, { math.min(row + shown.finish[1] + 1, api.nvim_buf_line_count(0)), shown.finish[2] })
    hide("Accept")
    ask()
  else
    vim.cmd(("mark ' | silent! %dfoldopen!"):format(line))
    api.nvim_win_set_cursor(0, { line, shown.start[2] })
    shown.is_reached = true
  end
  -- Until then come the other keys of what <Tab> is mapped to.
  vim.schedule(function()
    is_taken = false
  end)
  return true
end

-- Of the keys that are typed, whatever they are mapped to; not those that belong to a key before them, as in `r<Tab>`.
local prefixes = { n = "^[gzZrfFtTm'`\"q@\23]$", i = "^[\11\17\18\22]$" }
vim.on_key(function(key, typed)
  if typed ~= "" then
    local mode = api.nvim_get_mode().mode
    local is_first = prefixes[mode] and not is_pending
    is_pending = is_first and key:find(prefixes[mode]) ~= nil
    is_taken = is_first and shown and typed == "\t" and on_tab(mode)
    if is_first and typed == "\27" and mode == "n" then
      hide("Reject")
    end
  end
  return is_taken and "" or nil
end, marks)

local function on(events, act)
  api.nvim_create_autocmd(events, { callback = act })
end
on({ "TextChanged", "TextChangedI", "TextChangedP", "CursorMoved", "CursorMovedI", "WinScrolled" }, look)
on({ "TextChanged", "TextChangedI", "CompleteDone", "InsertLeave", "BufEnter" }, function()
  timer:start(rest_ms, 0, vim.schedule_wrap(ask))
end)
on({ "BufLeave", "LspDetach" }, function()
  hide("Ignore")
end)

api.nvim_create_user_command("CopilotNextEdit", function()
  ask(true)
end, { desc = "Ask for the next edit" })
