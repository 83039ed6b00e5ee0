// VS Code starts no language server by itself: this is the smallest extension that does. `copilot-lsp setup vscode` installs
// it. By hand: run `npm install` and `npx @vscode/vsce package` in a copy of this folder, and `code --install-extension` with
// the file that comes of it; a copy among the other extensions is not looked at. Ghost text comes as you type. Sign in once
// with `copilot-lsp login` in a shell, or with the command "copilot-lsp: Sign In" here.
//
// Turn GitHub's own Copilot extension off: two would offer two suggestions, and both have the same names for commands.
//
// Tried in VS Code 1.100 as code-server, with vscode-languageclient 11. Where VS Code does not find copilot-lsp, set
// "copilotLspClient.command" to its absolute path.
// Settings of the server go into settings.json under "copilot-lsp", such as "copilot-lsp.completion.lines": "one".

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const command = workspace.getConfiguration("copilotLspClient").get("command") || "copilot-lsp";
  client = new LanguageClient(
    "copilot-lsp",
    "copilot-lsp",
    { command, args: ["--stdio"] },
    { documentSelector: [{ scheme: "file" }, { scheme: "untitled" }] },
  );
  await client.start();
};

exports.deactivate = () => client?.stop();
