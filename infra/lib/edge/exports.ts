/** Names under which the service stack exports where its load balancer is found, for records of the same region. */
export const entranceExports = (environment: string) => ({
  arn: `sluice-${environment}-load-balancer-arn`,
  host: `sluice-${environment}-load-balancer-host`,
  hostedZone: `sluice-${environment}-load-balancer-zone`,
})
