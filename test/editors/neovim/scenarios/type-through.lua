-- A person types what the ghost text says, then takes the rest.
return function(editor)
  editor.keys("2GA")
  editor.keys("tot")
  local first = editor.wait_for("the ghost text", editor.ghost)
  editor.keys("al = s")
  local second = editor.wait_for("the ghost text that is left", function()
    local ghost = editor.ghost()
    return ghost and not ghost:find("total") and not ghost:find("al = s") and ghost
  end)
  editor.keys("<Tab>")
  editor.wait_for("the text in the buffer", function()
    return table.concat(editor.lines(), "\n"):find("sum%(numbers%)")
  end)
  editor.save()
  return { first = first, second = second }
end
