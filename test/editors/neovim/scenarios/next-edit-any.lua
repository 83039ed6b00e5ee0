-- Random edits of random texts, from a server inside Neovim: each is made as the protocol means it, also while inserting,
-- and one undo brings the text back. Answers how many were shown, and the first that went wrong.

local run = vim.json.decode(vim.env.KEYS)
local offered

vim.lsp.config("copilot_inside", {
  cmd = function()
    local id = 0
    return {
      request = function(method, params, answer, done)
        id = id + 1
        local result = vim.NIL
        if method == "initialize" then
          result = { capabilities = { textDocumentSync = 2 } }
        elseif method == "textDocument/copilotInlineEdit" then
          local command = { title = "", command = "accept", arguments = { tostring(id) } }
          local edit = offered and vim.tbl_extend("error", offered, { textDocument = params.textDocument, command = command })
          offered = nil
          result = { edits = { edit } }
        end
        answer(nil, result)
        done(id)
        return true, id
      end,
      notify = function()
        return true
      end,
      is_closing = function()
        return false
      end,
      terminate = function() end,
    }
  end,
})
vim.lsp.enable("copilot_inside")

local pieces = { "a", "foo", " ", "\t", "😀", "日", "é", "=", "(", ")", "  ", "bar_1", '"', "e\204\129" }

local function line()
  local parts = {}
  for _ = 1, math.random(0, 6) do
    table.insert(parts, pieces[math.random(#pieces)])
  end
  return table.concat(parts)
end

-- A place between two characters, in bytes.
local function column(text)
  local starts = vim.list_extend(vim.str_utf_pos(text), { #text + 1 })
  return starts[math.random(#starts)] - 1
end

-- The lines, an edit of them, and the lines after it.
local function draw_case(line_end)
  local lines = {}
  for _ = 1, math.random(1, 7) do
    table.insert(lines, line())
  end
  local all = vim.list_extend(vim.deepcopy(lines), { "" })
  local first = math.random(#all)
  local last = math.min(#all, first + math.random(0, 3))
  local from, to = column(all[first]), column(all[last])
  if math.random(3) == 1 then
    from, to = 0, math.random(2) == 1 and 0 or #all[last]
  elseif first == last and to < from then
    from, to = to, from
  end
  local text = {}
  for _ = 1, math.random(0, 3) do
    table.insert(text, line())
  end
  text = table.concat(text, "\n") .. (math.random(3) == 1 and "\n" or "")
  local before = table.concat(vim.list_slice(all, 1, first - 1), "\n") .. (first > 1 and "\n" or "") .. all[first]:sub(1, from)
  local after = all[last]:sub(to + 1) .. (last < #all and "\n" or "") .. table.concat(vim.list_slice(all, last + 1), "\n")
  local wanted = vim.split(before .. text .. after, "\n", { plain = true })
  if wanted[#wanted] == "" and #wanted > 1 then
    table.remove(wanted)
  end
  local function position(number, byte)
    return { line = number - 1, character = vim.str_utfindex(all[number]:sub(1, byte), "utf-16") }
  end
  local range = { start = position(first, from), ["end"] = position(last, to) }
  return lines, { range = range, text = (text:gsub("\n", line_end)) }, wanted
end

return function(editor)
  math.randomseed(run.seed)
  local function is_shown()
    local namespace = vim.api.nvim_get_namespaces()["copilot_lsp.next_edit"]
    return #vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, {}) > 0
  end
  local shown = 0
  for _ = 1, run.cases do
    vim.cmd("silent write | silent edit!")
    vim.bo.fileformat = math.random(2) == 1 and "unix" or "dos"
    local lines, edit, wanted = draw_case(vim.bo.fileformat == "dos" and "\r\n" or "\n")
    vim.api.nvim_buf_set_lines(0, 0, -1, false, lines)
    vim.bo.undolevels = vim.bo.undolevels
    editor.wait_for("the client", function()
      return vim.lsp.get_clients({ bufnr = 0 })[1]
    end)
    offered = edit
    vim.cmd("CopilotNextEdit")
    local case = { lines = lines, edit = edit, wanted = wanted }
    -- A buffer has one line even when its text has none.
    local is_empty = #lines == 1 and lines[1] == ""
    if is_shown() == vim.deep_equal(lines, wanted) and not is_empty then
      return { shown = shown, wrong = case }
    elseif is_shown() then
      shown = shown + 1
      vim.api.nvim_win_set_cursor(0, { #lines, 0 })
      local is_inserting = math.random(2) == 1
      vim.api.nvim_feedkeys(vim.keycode("<Tab>"), "xt", false)
      if is_shown() then
        vim.api.nvim_feedkeys(vim.keycode(is_inserting and "i<Tab>Z<Esc>u" or "<Tab>"), "xt", false)
      end
      case.made = editor.lines()
      vim.cmd("silent undo")
      case.undone = editor.lines()
      if not vim.deep_equal(case.made, wanted) or not vim.deep_equal(case.undone, lines) then
        return { shown = shown, wrong = case }
      end
    end
  end
  return { shown = shown }
end
