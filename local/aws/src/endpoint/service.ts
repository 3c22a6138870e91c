/** Who calls: the account's root (no session), or a role session that STS handed out. */
export interface Principal {
  readonly account: string
  readonly arn: string
  readonly accessKeyId: string
  /** Claims of the GitHub token behind the session (job, workflow, environment), for the call log. */
  readonly claims?: Readonly<Record<string, string>>
}

/** What an operation is told beside its input. */
export interface Call {
  readonly account: string
  readonly region: string
  readonly principal: Principal
  readonly requestId: string
  /** `http://host:port` of the endpoint, as the client reached it. */
  readonly endpoint: string
}

/** Input and output are in the shapes of the AWS SDK (PascalCase or camelCase as AWS has it; times as `Date`). */
export type Operation = (input: never, call: Call) => Promise<object> | object

/** One AWS service: its wire protocol and its operations by name. Operations that are missing are refused by name. */
export type AwsService = JsonService | QueryService

interface JsonService {
  readonly protocol: 'json-1.0' | 'json-1.1'
  /** What stands before the dot in X-Amz-Target. */
  readonly targetPrefix: string
  readonly operations: Readonly<Record<string, Operation>>
}

interface QueryService {
  /** CloudWatch's current SDK speaks another protocol (`rpc-v2-cbor` or json); the codec tells by the request. */
  readonly protocol: 'query'
  /** The `Version` parameter, e.g. 2015-12-01 for ELBv2. */
  readonly version: string
  readonly xmlNamespace: string
  readonly operations: Readonly<Record<string, Operation>>
}

/** An error in AWS's own shape; the codec writes it in the protocol of the call. */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}
