// Types for the private path of undici that `undici.ts` imports; the package describes only its entry.

declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici";
  export default Pool;
}
