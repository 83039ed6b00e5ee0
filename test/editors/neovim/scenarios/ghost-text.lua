-- A person adds a function below another one, sees the suggestion, takes it and saves.
return function(editor)
  editor.keys("Go<CR>def multiply(left, right):<CR>")
  local ghost = editor.wait_for("the ghost text", editor.ghost)
  editor.keys("<Tab>")
  editor.wait_for("the text in the buffer", function()
    return table.concat(editor.lines(), "\n"):find("return left %* right")
  end)
  editor.keys("<Esc>:w<CR>")
  editor.wait_for("the file on disk", function()
    return not vim.bo.modified
  end)
  return { ghost = ghost }
end
