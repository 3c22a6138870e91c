import type { DynamoDb } from '../dynamodb/create-dynamodb.ts'
import { type Properties, type ResourceContext, type ResourceTypes, unlessExists } from './resource-type.ts'

/** DynamoDB's tables. On one machine a global table is a table: there is one region. */
export function dynamoDbTypes(dynamoDb: DynamoDb): ResourceTypes {
  const table = async (properties: Properties, { generated, account, region }: ResourceContext) => {
    const name = (properties['TableName'] as string | undefined) ?? generated
    const { AttributeDefinitions, KeySchema } = properties
    const keys = { TableName: name, AttributeDefinitions, KeySchema, BillingMode: 'PAY_PER_REQUEST' }
    await unlessExists(dynamoDb.call('CreateTable', keys), ['ResourceInUseException'])
    return { ref: name, attributes: { Arn: `arn:aws:dynamodb:${region}:${account}:table/${name}` } }
  }
  return { 'AWS::DynamoDB::Table': table, 'AWS::DynamoDB::GlobalTable': table }
}
