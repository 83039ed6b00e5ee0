-- A person does not like the first suggestion, looks at others and takes the third.
return function(editor)
  editor.keys("2GAto")
  editor.wait_for("the ghost text", editor.ghost)
  local seen = {}
  for _ = 1, 2 do
    local before = editor.ghost()
    editor.keys("<M-]>")
    table.insert(
      seen,
      editor.wait_for("another ghost text", function()
        local ghost = editor.ghost()
        return ghost and ghost ~= before and ghost
      end)
    )
  end
  editor.keys("<Tab>")
  editor.wait_for("the text in the buffer", function()
    return table.concat(editor.lines(), "\n"):find("total = ")
  end)
  editor.save()
  return { seen = seen }
end
