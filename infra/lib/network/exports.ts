/** Names under which a network's parts are exported to the other stacks of its environment and region. */
export const networkExports = (environment: string) => ({
  vpc: `sluice-${environment}-vpc`,
  publicSubnets: `sluice-${environment}-public-subnets`,
  privateSubnets: `sluice-${environment}-private-subnets`,
  /** Where tasks stand: private subnets behind a NAT, public ones without. */
  taskSubnets: `sluice-${environment}-task-subnets`,
  databaseSubnets: `sluice-${environment}-database-subnets`,
  cacheSubnets: `sluice-${environment}-cache-subnets`,
  loadBalancerGroup: `sluice-${environment}-load-balancer-group`,
  /** Only where there is a distribution. */
  edgeGroup: `sluice-${environment}-edge-group`,
  taskGroup: `sluice-${environment}-task-group`,
  databaseGroup: `sluice-${environment}-database-group`,
  databaseProxyGroup: `sluice-${environment}-database-proxy-group`,
  cacheGroup: `sluice-${environment}-cache-group`,
  endpointGroup: `sluice-${environment}-endpoint-group`,
  logsKeyArn: `sluice-${environment}-logs-key`,
})
