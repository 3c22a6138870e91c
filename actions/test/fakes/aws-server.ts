import { serve } from './http-server.ts'

/** Handlers of AWS's JSON operations by name, such as `DescribeServices`. What is not there is refused in AWS's shape. */
export type AwsHandlers = Readonly<Record<string, (input: Record<string, unknown>) => unknown>>

/** An endpoint for `AWS_ENDPOINT_URL` that knows these operations. */
export function fakeAws(handlers: AwsHandlers): Promise<string> {
  return serve((request) => {
    const operation =
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? ''
    const handler = handlers[operation]
    if (!handler) return { status: 400, body: { __type: 'InvalidAction', message: `no ${operation} in this test` } }
    const answer = handler(request.json())
    if (answer instanceof Error) return { status: 400, body: { __type: answer.name, message: answer.message } }
    return { status: 200, body: answer, headers: { 'content-type': 'application/x-amz-json-1.1' } }
  })
}

/** An error that AWS answers with. */
export function awsError(name: string, message = name): Error {
  const error = new Error(message)
  error.name = name
  return error
}
