# Follows a Homebrew formula without Homebrew: `ruby formula.rb FORMULA SOURCE PREFIX NODE` installs the unpacked archive
# in SOURCE into PREFIX, runs the formula's test, and prints what the formula says of itself as JSON. It knows as much of
# Homebrew's language as the formula uses.

require "fileutils"
require "json"
require "pathname"

formula_file, source, prefix, node = ARGV
PREFIX = Pathname(prefix)
NODE = Pathname(node)

class Pathname
  def install(*files)
    mkpath
    FileUtils.cp_r(files.flatten, self)
  end

  def install_symlink(target)
    mkpath
    FileUtils.ln_s(target, self / Pathname(target).basename)
  end

  def write_env_script(target, variables)
    dirname.mkpath
    settings = variables.map { |name, value| "#{name}=\"#{value}\"" }.join(" ")
    write("#!/bin/bash\n#{settings} exec \"#{target}\" \"$@\"\n")
    chmod(0o755)
  end
end

class Formula
  FACTS = { dependencies: [] }

  class << self
    %i[desc homepage url sha256 license].each { |name| define_method(name) { |value| FACTS[name] = value } }

    def depends_on(name)
      FACTS[:dependencies] << name
    end

    def service(&block)
      @service = block
    end

    def test(&block)
      @test = block
    end

    def blocks
      { service: @service, test: @test }
    end

    def [](_name)
      Struct.new(:opt_bin).new(NODE / "bin")
    end
  end

  def bin = PREFIX / "bin"
  def opt_bin = bin
  def libexec = PREFIX / "libexec"
  def man1 = PREFIX / "share/man/man1"
  def version = FACTS[:url][/(\d+\.\d+\.\d+)\.tgz\z/, 1]

  def generate_completions_from_executable(*command, shells:)
    shells.each do |shell|
      words = IO.popen([*command.map(&:to_s), shell.to_s], &:read)
      raise "no completions for #{shell}" if words.empty?
    end
  end

  def run(command)
    FACTS[:service] = command.map(&:to_s)
  end

  def keep_alive(_value); end

  def shell_output(command)
    output = `#{command}`
    raise "#{command} failed" unless $?.success?

    output
  end

  def assert_equal(expected, actual)
    raise "#{actual.inspect} is not #{expected.inspect}" unless expected == actual
  end

  def assert_match(expected, actual)
    pattern = expected.is_a?(String) ? Regexp.new(Regexp.escape(expected)) : expected
    raise "#{expected.inspect} is not in #{actual.inspect}" unless actual.match?(pattern)
  end
end

load formula_file
formula = CopilotLsp.new
Dir.chdir(source) { formula.install }
blocks = CopilotLsp.blocks
formula.instance_eval(&blocks[:service])
formula.instance_eval(&blocks[:test])
puts JSON.generate(Formula::FACTS.merge(version: formula.version))
