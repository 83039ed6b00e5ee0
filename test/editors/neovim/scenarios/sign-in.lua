-- A person signs in with the command of the configuration, and the first suggestion follows.
return function(editor)
  editor.keys(":CopilotSignIn<CR>")
  local code = editor.wait_for("the code", function()
    return editor.messages():match("[%u%d][%u%d][%u%d][%u%d]%-[%u%d][%u%d][%u%d][%u%d]")
  end)
  editor.keys("<CR>")
  editor.tell("code-is-shown")
  editor.wait_for("the welcome", function()
    return editor.messages():find("Signed in as octocat")
  end)
  editor.keys("2GAtot")
  editor.wait_for("the ghost text", editor.ghost)
  editor.keys("<Tab>")
  editor.save()
  return { code = code }
end
