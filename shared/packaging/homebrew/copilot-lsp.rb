# Formula of an own tap: `brew tap OWNER/copilot-lsp`, with this file as Formula/copilot-lsp.rb of the repository
# homebrew-copilot-lsp.
class CopilotLsp < Formula
  desc "GitHub Copilot for every LSP editor and every script"
  homepage "https://github.com/OWNER/copilot-lsp"
  url "https://github.com/OWNER/copilot-lsp/releases/download/v0.1.0/copilot-lsp-0.1.0.tgz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "MIT"

  depends_on "node"

  def install
    # The archive needs no package beside it.
    libexec.install Dir["*"]
    (bin/"copilot-lsp").write_env_script libexec/"dist/copilot-lsp.js", PATH: "#{Formula["node"].opt_bin}:$PATH"
    man1.install_symlink libexec/"shared/packaging/copilot-lsp.1"
    generate_completions_from_executable(bin/"copilot-lsp", "completion", shells: [:bash, :zsh, :fish])
  end

  service do
    run [opt_bin/"copilot-lsp", "serve"]
    keep_alive true
  end

  test do
    assert_equal "#{version}\n", shell_output("#{bin}/copilot-lsp --version")
    assert_match "return first * second;", shell_output("#{bin}/copilot-lsp demo --once --port 0")
  end
end
