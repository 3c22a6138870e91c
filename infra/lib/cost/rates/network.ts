import { count, monthHours, text, type Rate } from './terms.ts'

/** How the network and the edge are billed. */
export const networkRates: Readonly<Record<string, Rate>> = {
  'AWS::EC2::NatGateway': (_, { usage }) => [
    { item: 'NAT gateway', category: 'NAT', price: 'nat.hour', quantity: monthHours },
    { item: 'NAT traffic', category: 'NAT', price: 'nat.gb', quantity: usage.natGb },
  ],
  'AWS::EC2::EIP': () => [{ item: 'elastic address', category: 'addresses', price: 'ipv4', quantity: monthHours }],
  'AWS::EC2::VPCEndpoint': ({ properties }, { usage, zones }) =>
    properties['VpcEndpointType'] === 'Interface'
      ? [
          {
            item: 'interface endpoint',
            category: 'endpoints',
            price: 'endpoint.hour',
            quantity: count(properties['SubnetIds'], zones) * monthHours,
          },
          { item: 'endpoint traffic', category: 'endpoints', price: 'endpoint.gb', quantity: usage.endpointGb },
        ]
      : [],
  'AWS::Route53::HostedZone': () => [{ item: 'hosted zone', category: 'DNS', price: 'dns.zone', quantity: 1 }],
  'AWS::Route53::HealthCheck': ({ properties }) => {
    const config = (properties['HealthCheckConfig'] ?? {}) as Record<string, unknown>
    const options = [
      config['RequestInterval'] === 10,
      config['MeasureLatency'] === true,
      text(config['Type']).startsWith('HTTPS'),
      config['SearchString'] != null,
    ].filter(Boolean).length
    return [
      { item: 'health check', category: 'DNS', price: 'dns.check', quantity: 1 },
      { item: 'options of health checks', category: 'DNS', price: 'dns.check-option', quantity: options },
    ]
  },
  'AWS::CloudFront::Distribution': (_, { usage }) => [
    { item: 'edge traffic', category: 'edge', price: 'cdn.gb', quantity: usage.cdnGb },
    { item: 'edge requests', category: 'edge', price: 'cdn.requests', quantity: usage.millionRequests },
  ],
  'AWS::CloudFront::Function': (_, { usage }) => [
    { item: 'edge function calls', category: 'edge', price: 'cdn.function', quantity: usage.millionRequests },
  ],
  'AWS::WAFv2::WebACL': ({ properties }, { usage }) => [
    { item: 'firewall', category: 'edge', price: 'waf.acl', quantity: 1 },
    { item: 'firewall rules', category: 'edge', price: 'waf.rule', quantity: count(properties['Rules'], 0) },
    { item: 'requests through the firewall', category: 'edge', price: 'waf.requests', quantity: usage.millionRequests },
  ],
}
