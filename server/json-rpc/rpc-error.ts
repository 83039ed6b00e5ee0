// An error answer of JSON-RPC (JSON-RPC 2.0, section 5.1), for both sides of a connection.

export const rpcCodes = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  internalError: -32_603,
} as const;

/** As it stands in a message. */
export interface RpcErrorBody {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }

  get body(): RpcErrorBody {
    return { code: this.code, message: this.message };
  }
}

/** The error answer to anything thrown; words of a defect stay here. */
export function errorBodyOf(error: unknown): RpcErrorBody {
  return (error instanceof RpcError ? error : new RpcError(rpcCodes.internalError, "The request failed.")).body;
}
