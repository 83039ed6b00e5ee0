// The one function of `picomatch` that is used; the package brings no types. Source: its README.

declare module "picomatch" {
  interface Options {
    /** `*` matches names that begin with a dot as well. */
    readonly dot?: boolean;
    readonly nocase?: boolean;
    /** The last part of the path is matched, whatever the glob. */
    readonly basename?: boolean;
    /** A `!` at the start is a character as any other. */
    readonly nonegate?: boolean;
    /** `[[:alpha:]]` and its like. */
    readonly posix?: boolean;
    /** `{from..to}` as the source of a regular expression. */
    readonly expandRange?: (from: string, to: string, stepOrOptions: unknown) => string;
  }
  export default function picomatch(glob: string, options?: Options): (path: string) => boolean;
}
