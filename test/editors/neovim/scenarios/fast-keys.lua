-- A person types until there is ghost text and then goes on faster than Neovim asks again. KEYS holds both, the second as
-- a list: each entry is one write of the terminal.
return function(editor)
  local keys = vim.json.decode(vim.env.KEYS)
  editor.keys(keys.until_ghost)
  editor.wait_for("the ghost text", editor.ghost)
  -- However slow the machine is: from here on Neovim's next question has not been asked yet.
  local client = editor.client()
  local request = client.request
  client.request = function(self, method, ...)
    if method == "textDocument/inlineCompletion" then
      return true, 0
    end
    return request(self, method, ...)
  end
  for _, written in ipairs(keys.fast) do
    editor.keys(written)
  end
  local lines = editor.lines()
  editor.save()
  return { lines = lines, messages = vim.trim(vim.fn.execute("messages"):gsub('"[^"]*" %d+L, %d+B written', "")) }
end
