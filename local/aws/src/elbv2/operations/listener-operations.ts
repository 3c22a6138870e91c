import { isDeepStrictEqual } from 'node:util'

import type * as Sdk from '@aws-sdk/client-elastic-load-balancing-v2'

import { AwsError, type Operation } from '../../endpoint/service.ts'
import type { Listener, Rule } from '../model.ts'
import { byPriority, type LoadBalancingState } from '../state.ts'
import { readAction, readCondition, showAction, showCondition } from './action-shapes.ts'
import { wholeNumber } from './input.ts'
import { writeTags } from './tag-operations.ts'

/** How listeners come to listen, and who is told that rules have changed. */
export interface ListenerControl {
  /** Resolves with the port that a listener listens on: the former one, when there is one and it is free. */
  open(arn: string, formerPort?: number): Promise<number>
  close(arn: string): Promise<void>
  /** Rules have changed: target groups may be in use now, or no longer. */
  rulesChanged(): void
}

export function listenerOperations(
  state: LoadBalancingState,
  control: ListenerControl,
): Readonly<Record<string, Operation>> {
  const checkGroups = (rule: Pick<Rule, 'action'>, listener: Pick<Listener, 'loadBalancer'>) => {
    if (rule.action.type !== 'forward') return
    for (const { targetGroupArn } of rule.action.targetGroups) {
      state.targetGroup(targetGroupArn)
      if (state.usersOf(targetGroupArn).some((user) => user !== listener.loadBalancer)) {
        const message = `The following target groups cannot be associated with more than one load balancer: ${targetGroupArn}`
        throw new AwsError('TargetGroupAssociationLimit', message)
      }
    }
  }
  return {
    async CreateListener(input: Sdk.CreateListenerCommandInput) {
      const loadBalancer = state.loadBalancer(input.LoadBalancerArn ?? '')
      const requestedPort = wholeNumber('Port', input.Port, { from: 1, to: 65_535 })
      const action = readAction(input.DefaultActions)
      checkGroups({ action }, { loadBalancer })
      const taken = [...state.listeners.values()].find(
        (listener) => listener.loadBalancer === loadBalancer && listener.requestedPort === requestedPort,
      )
      if (taken) {
        const known = state.rule(taken.arn).rule.action
        if (isDeepStrictEqual(known, action)) return { Listeners: [show(taken)] }
        const message = `A listener already exists on this port for this load balancer '${loadBalancer.arn}'`
        throw new AwsError('DuplicateListener', message)
      }
      const path = `${loadBalancer.dimension}/${state.id()}`
      const arn = state.arn(`listener/${path}`)
      const rule: Rule = {
        arn: state.arn(`listener-rule/${path}/${state.id()}`),
        priority: 'default',
        conditions: [],
        action,
      }
      const port = await control.open(arn)
      const listener: Listener = { arn, loadBalancer, requestedPort, port, rules: [rule] }
      state.listeners.set(arn, listener)
      writeTags(state, arn, input.Tags)
      control.rulesChanged()
      return { Listeners: [show(listener)] }
    },
    DescribeListeners(input: Sdk.DescribeListenersCommandInput) {
      if (input.LoadBalancerArn !== undefined) state.loadBalancer(input.LoadBalancerArn)
      const chosen =
        input.ListenerArns?.map((arn) => state.listener(arn)) ??
        [...state.listeners.values()].filter((listener) => listener.loadBalancer.arn === input.LoadBalancerArn)
      return { Listeners: chosen.map(show) }
    },
    ModifyListener(input: Sdk.ModifyListenerCommandInput) {
      const listener = state.listener(input.ListenerArn ?? '')
      if (input.DefaultActions) {
        const action = readAction(input.DefaultActions)
        checkGroups({ action }, listener)
        state.rule(listener.arn).rule.action = action
        control.rulesChanged()
      }
      if (input.Port !== undefined) listener.requestedPort = wholeNumber('Port', input.Port, { from: 1, to: 65_535 })
      return { Listeners: [show(listener)] }
    },
    async DeleteListener(input: Sdk.DeleteListenerCommandInput) {
      await deleteListener(state, control, state.listener(input.ListenerArn ?? '').arn)
      return {}
    },
    CreateRule(input: Sdk.CreateRuleCommandInput) {
      const listener = state.listener(input.ListenerArn ?? '')
      const priority = wholeNumber('Priority', input.Priority, { from: 1, to: 50_000 })
      checkPriority(listener, priority)
      const conditions = (input.Conditions ?? []).map(readCondition)
      if (conditions.length === 0) throw new AwsError('ValidationError', 'A condition must be specified')
      const action = readAction(input.Actions)
      checkGroups({ action }, listener)
      const arn = `${listener.arn.replace(':listener/', ':listener-rule/')}/${state.id()}`
      const rule: Rule = { arn, priority, conditions, action }
      listener.rules = byPriority([...listener.rules, rule])
      writeTags(state, arn, input.Tags)
      control.rulesChanged()
      return { Rules: [showRule(rule)] }
    },
    DescribeRules(input: Sdk.DescribeRulesCommandInput) {
      const rules = input.RuleArns?.map((arn) => state.rule(arn).rule) ?? state.listener(input.ListenerArn ?? '').rules
      return { Rules: rules.map(showRule) }
    },
    ModifyRule(input: Sdk.ModifyRuleCommandInput) {
      const { listener, rule } = state.rule(input.RuleArn ?? '')
      if (rule.priority === 'default') {
        throw new AwsError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be modified`)
      }
      const action = input.Actions && readAction(input.Actions)
      const conditions = input.Conditions?.map(readCondition)
      if (action) checkGroups({ action }, listener)
      if (action) rule.action = action
      if (conditions) rule.conditions = conditions
      control.rulesChanged()
      return { Rules: [showRule(rule)] }
    },
    SetRulePriorities(input: Sdk.SetRulePrioritiesCommandInput) {
      const changes = (input.RulePriorities ?? []).map(({ RuleArn, Priority }) => {
        const priority = wholeNumber('Priority', Priority, { from: 1, to: 50_000 })
        return { ...state.rule(RuleArn ?? ''), priority }
      })
      const moved = new Set(changes.map(({ rule }) => rule))
      for (const { listener, priority } of changes) checkPriority(listener, priority, moved)
      for (const { listener, rule, priority } of changes) {
        rule.priority = priority
        listener.rules = byPriority(listener.rules)
      }
      return { Rules: changes.map(({ rule }) => showRule(rule)) }
    },
    DeleteRule(input: Sdk.DeleteRuleCommandInput) {
      const { listener, rule } = state.rule(input.RuleArn ?? '')
      if (rule.priority === 'default') {
        throw new AwsError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be deleted`)
      }
      listener.rules = listener.rules.filter((other) => other !== rule)
      state.forgetTags(rule.arn)
      control.rulesChanged()
      return {}
    },
  }
}

/** Closes a listener and forgets its rules. */
export async function deleteListener(state: LoadBalancingState, control: ListenerControl, arn: string): Promise<void> {
  state.listeners.delete(arn)
  state.forgetTags(arn)
  control.rulesChanged()
  await control.close(arn)
}

function checkPriority(listener: Listener, priority: number, except: ReadonlySet<Rule> = new Set()): void {
  if (listener.rules.some((rule) => rule.priority === priority && !except.has(rule))) {
    throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`)
  }
}

function show(listener: Listener): Sdk.Listener {
  const rule = listener.rules.find(({ priority }) => priority === 'default')
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancer.arn,
    Port: listener.port,
    // What it really speaks, whatever was asked for: this machine has no certificate.
    Protocol: 'HTTP',
    DefaultActions: rule ? [showAction(rule.action)] : [],
  }
}

function showRule(rule: Rule): Sdk.Rule {
  return {
    RuleArn: rule.arn,
    Priority: String(rule.priority),
    Conditions: rule.conditions.map(showCondition),
    Actions: [showAction(rule.action)],
    IsDefault: rule.priority === 'default',
  }
}
