-- A person signs in, asks how it goes, and signs out again with the commands of the server's description.
return function(editor)
  local function said(what)
    return function()
      return editor.messages():find(what)
    end
  end
  editor.keys(":LspCopilotSignIn<CR>")
  editor.wait_for("the page of the code", said("/login/device"))
  editor.keys("<CR>")
  editor.tell("code-is-shown")
  editor.wait_for("the welcome", said("Signed in as octocat"))
  vim.cmd.LspCopilotStatus()
  editor.wait_for("how it goes", said("Copilot: ready"))
  -- Not by keys: Neovim may be asking for Enter after the message just then.
  vim.cmd.LspCopilotSignOut()
  editor.wait_for("the farewell", said("Signed out of GitHub"))
  return { signedOut = true }
end
