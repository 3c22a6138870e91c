/** What CloudWatch calls a service's two target groups behind their load balancer. */
export type TargetGroupDimensions = Readonly<
  Record<'blue' | 'green', { readonly name: string; readonly value: string }[]>
>

/** Names under which a service stack exports what dashboards and alarms beside it look at. */
export const serviceExports = (environment: string) => ({
  loadBalancer: `sluice-${environment}-load-balancer-full-name`,
  targetGroup: (service: string, side: 'blue' | 'green') => `sluice-${environment}-${service}-${side}-full-name`,
})
