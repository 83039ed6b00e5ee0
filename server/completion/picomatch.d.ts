// The one function of `picomatch` that is used; the package brings no types. Source: its README.

declare module "picomatch" {
  interface Options {
    /** `*` matches names that begin with a dot as well. */
    readonly dot?: boolean;
    readonly nocase?: boolean;
    /** A glob without a slash is matched with the last part of the path. */
    readonly basename?: boolean;
  }
  export default function picomatch(glob: string, options?: Options): (path: string) => boolean;
}
