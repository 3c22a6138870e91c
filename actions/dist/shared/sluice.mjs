import { a as getIDToken, c as setOutput, i as error, l as setSecret, n as context, r as getOctokit, s as info, t as retry } from "./github.mjs";
import { D as strictObject, E as record, M as prettifyError, N as NEVER, O as string, S as literal, T as object, _ as boolean, b as int, f as require_dist, g as array, h as _enum, j as url, m as datetime, p as date, v as cidrv4, w as number, x as json$1, y as discriminatedUnion } from "./vendor.mjs";
import { J as require_dist_cjs$3, X as require_dist_cjs, Y as require_dist_cjs$4, Z as require_dist_cjs$1, d as require_dist_cjs$7, f as require_dist_cjs$6, p as require_dist_cjs$5, u as require_dist_cjs$2 } from "./aws.mjs";
import { Readable } from "node:stream";
import { inspect } from "node:util";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendFile, mkdtemp, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { createInterface } from "node:readline";
// core/src/verdict.ts
const verdictOutcomes = [
	"pass",
	"fail",
	"inconclusive"
];
function combineVerdicts(verdicts) {
	if (verdicts.length === 0) return {
		outcome: "inconclusive",
		reason: "nothing was measured"
	};
	const worst = verdicts.find(({ outcome }) => outcome === "fail") ?? verdicts.find(({ outcome }) => outcome === "inconclusive");
	if (!worst) return {
		outcome: "pass",
		reason: verdicts.map(({ reason }) => reason).join("; ")
	};
	return {
		outcome: worst.outcome,
		reason: worst.reason
	};
}
// core/src/analysis/gates.ts
const gateNames = {
	tests: "tests",
	loadTest: "load-test"
};
function requiredGates$1({ tests, loadTest }) {
	return [...tests.length > 0 ? [gateNames.tests] : [], ...loadTest == null ? [] : [gateNames.loadTest]];
}
function decideGates(required, results) {
	const missing = required.filter((name) => !results.some(({ gate }) => gate === name));
	const verdicts = [...results.map(({ gate, outcome, reason }) => ({
		outcome,
		reason: `${gate}: ${reason}`
	})), ...missing.map((name) => ({
		outcome: "inconclusive",
		reason: `the gate ${name} did not run`
	}))];
	if (verdicts.length === 0) return {
		outcome: "pass",
		reason: "no gate is asked for; the judge compares once there is production traffic"
	};
	return combineVerdicts(verdicts);
}
// core/src/duration.ts
const unitSeconds = {
	s: 1,
	m: 60,
	h: 3600,
	d: 86400
};
function parseDuration(text) {
	const match = /^(\d+)(s|m|h|d)$/.exec(text);
	if (!match) throw new RangeError(`expected a duration such as 90s, 10m, 4h or 2d, found "${text}"`);
	return Number(match[1]) * unitSeconds[match[2]];
}
function describeDuration(seconds) {
	const parts = [];
	let rest = Math.round(seconds);
	for (const unit of [
		"d",
		"h",
		"m",
		"s"
	]) {
		const count = Math.floor(rest / unitSeconds[unit]);
		rest -= count * unitSeconds[unit];
		if (count > 0) parts.push(`${count}${unit}`);
	}
	return parts.slice(0, 2).join(" ") || "0s";
}
const durationSeconds = string().regex(/^\d+(s|m|h|d)$/, "expected a duration such as 90s, 10m, 4h or 2d").transform(parseDuration);
const durationWholeMinutes = (minimum, maximum) => durationSeconds.refine((seconds) => seconds % 60 === 0, "ECS counts in whole minutes: write 1m, 10m, 2h").transform((seconds) => seconds / 60).refine((minutes) => minutes >= minimum && minutes <= maximum, `expected between ${minimum}m and ${maximum}m (the limit of ECS)`);
// core/src/rollout/summary.ts
function weightBar(percent) {
	const full = Math.round(percent / 10);
	return `${"█".repeat(full)}${"░".repeat(10 - full)} ${Math.round(percent)} %`;
}
function describeTimeline(timeline) {
	if (timeline.length === 0) return "";
	const first = new Date(timeline[0]?.at ?? 0).getTime();
	return [
		"| time | phase | stage | production traffic | tasks |",
		"|---|---|---|---|---|",
		...timeline.map(({ at, phase, stage, productionWeight, tasks }) => {
			return `| +${Math.round((new Date(at).getTime() - first) / 1e3)} s | ${phase} | ${stage} | ${weightBar(productionWeight)} | ${tasks} |`;
		})
	].join("\n");
}
function describeHandle({ environment, service, region, strategy, image }) {
	return `**${service}** in **${environment}** (${region}), ${strategy}, \`${image}\``;
}
function describePlan({ rollout, tests, loadTest, analysis, migrate }) {
	const gates = [...tests.map(({ name }) => `the test \`${name}\``), ...loadTest == null ? [] : [`the load test \`${loadTest.scenario}\``]];
	const judged = `the judge looks every ${describeDuration(analysis.interval)}, at most ${describeDuration(analysis.timeout)}, for ${analysis.metrics.join(", ")}`;
	return [
		...migrate == null ? [] : [`migrations (${migrate.phase}) ran before any new task`],
		...rollout.strategy === "ROLLING" ? [`tasks are replaced one after another; ${judged}`] : [],
		...rollout.strategy !== "ROLLING" && gates.length > 0 ? [`before any production traffic: ${gates.join(", ")}`] : [],
		...rollout.strategy === "BLUE_GREEN" ? [`then all production traffic at once; ${judged}`] : [],
		...rollout.strategy === "CANARY" ? [`then ${rollout.canaryPercent} % of production traffic, then all; before that ${judged}`] : [],
		...rollout.strategy === "LINEAR" ? [`then steps of ${rollout.stepPercent} % of production traffic; before each ${judged}`] : [],
		...rollout.bakeTime > 0 ? [`a bake of ${rollout.bakeTime} minutes with both revisions alive`] : [],
		...rollout.strategy === "ROLLING" ? [] : [`a pause that nobody answers rolls back after ${rollout.pauses.timeout} minutes`],
		...rollout.alarms.length > 0 ? [`these alarms roll back: ${rollout.alarms.join(", ")}`] : []
	].map((step, index) => `${index + 1}. ${step}`).join("\n");
}
// core/src/analysis/e-process.ts
function logSpaced(from, to, points = 48) {
	const ratio = Math.log(to / from) / (points - 1);
	return Array.from({ length: points }, (_, index) => from * Math.exp(ratio * index));
}
function ratioEvidence(intervals, nullRatio, alternatives) {
	const bets = alternatives.map(() => 0);
	let gains = [];
	let sizes;
	return intervals.map(({ bad, total, baselineBad, baselineTotal }) => {
		if (total > 0 && baselineTotal > 0 && bad + baselineBad > 0) {
			if (sizes?.[0] !== total || sizes[1] !== baselineTotal) {
				sizes = [total, baselineTotal];
				const [nullHere, nullThere] = logShares(nullRatio, total, baselineTotal);
				gains = alternatives.map((ratio) => {
					const [here, there] = logShares(ratio, total, baselineTotal);
					return [here - nullHere, there - nullThere];
				});
			}
			for (const [index, [here, there]] of gains.entries()) bets[index] = (bets[index] ?? 0) + bad * here + baselineBad * there;
		}
		return logMean(bets);
	});
}
function logShares(ratio, total, baselineTotal) {
	const sum = Math.log(ratio * total + baselineTotal);
	return [Math.log(ratio * total) - sum, Math.log(baselineTotal) - sum];
}
function limitEvidence(intervals, limit, alternatives) {
	const bets = alternatives.map(() => 0);
	const gains = alternatives.map((rate) => [Math.log(rate / limit), Math.log1p(-rate) - Math.log1p(-limit)]);
	return intervals.map(({ bad, total }) => {
		for (const [index, [ofBad, ofGood]] of gains.entries()) bets[index] = (bets[index] ?? 0) + bad * ofBad + (total - bad) * ofGood;
		return logMean(bets);
	});
}
function logMean(logarithms) {
	const largest = Math.max(...logarithms);
	const sum = logarithms.reduce((total, value) => total + Math.exp(value - largest), 0);
	return largest + Math.log(sum / logarithms.length);
}
// core/src/analysis/evidence.ts
function worseThanBaseline(intervals, { tolerance }) {
	return evidence(ratioEvidence(intervals, tolerance, logSpaced(tolerance, Math.max(30, 10 * tolerance))));
}
function noWorseThanBaseline(intervals, { maxRatio }) {
	return evidence(ratioEvidence(intervals, maxRatio, logSpaced(.1 * maxRatio, .75 * maxRatio)));
}
function aboveCeiling(intervals, { ceiling }) {
	return evidence(limitEvidence(intervals, ceiling, logSpaced(ceiling, Math.max(.95, ceiling))));
}
function belowCeiling(intervals, { ceiling }) {
	return evidence(limitEvidence(intervals, ceiling, logSpaced(ceiling / 1e3, .78 * ceiling)));
}
function withBoundedSteps({ logarithms }, most) {
	let before = 0;
	let bounded = 0;
	return evidence(logarithms.map((value) => {
		bounded += Math.min(value - before, most);
		before = value;
		return bounded;
	}));
}
function evidence(logarithms) {
	return {
		logarithms,
		largest: logarithms.reduce((largest, value) => Math.max(largest, value), 0)
	};
}
// core/src/analysis/measurement.ts
const armSchema = strictObject({
	requests: number().min(0),
	errors: number().min(0),
	connectionErrors: number().min(0),
	slow: number().min(0),
	healthyHosts: number().min(0).optional(),
	unhealthyHosts: number().min(0).optional()
});
const measurementSchema = strictObject({
	start: datetime(),
	seconds: number().positive(),
	canary: armSchema,
	baseline: armSchema.optional(),
	loadBalancerErrors: number().min(0)
});
const noCounts = {
	requests: 0,
	errors: 0,
	connectionErrors: 0,
	slow: 0
};
const countMetrics = ["errors", "slow"];
function badAmong(metric, arm) {
	const bad = metric === "errors" ? arm.errors + arm.connectionErrors : arm.slow;
	return {
		bad,
		total: Math.max(arm.requests, bad)
	};
}
const shortPeriods = [
	1,
	5,
	10,
	20,
	30
];
function metricPeriodSeconds(intervalSeconds) {
	if (intervalSeconds >= 60) return Math.floor(intervalSeconds / 60) * 60;
	return shortPeriods.findLast((period) => period <= intervalSeconds) ?? 1;
}
// core/src/rollout/diagnosis.ts
const causes = [
	[/CannotPullContainer/, "the image could not be pulled: check its digest, the execution role and the route to the registry"],
	[/unable to (pull|retrieve) secret|secretsmanager/i, "a secret could not be read: check its name and the execution role"],
	[/OutOfMemory/, "a container ran out of memory: raise task.memory or mend the leak"],
	[/network interface|ENI/, "the network interface could not be attached: check subnets and security groups"],
	[/ResourceInitializationError/, "the task could not be prepared: the reason names what was missing"],
	[/failed (ELB|container) health checks/i, "tasks ran but never became healthy: look at the last log lines and the health path"],
	[/Essential container/i, "the container exited by itself: look at its exit code and last log lines"]
];
function findCause({ stoppedTasks, triggeredAlarms, targets }) {
	if (triggeredAlarms.length > 0) return `the alarm ${triggeredAlarms.join(", ")} went off`;
	for (const [pattern, cause] of causes) {
		const hit = stoppedTasks.filter((task) => pattern.test(describeStop(task)));
		if (hit[0]) return `${cause} (${hit.length} of ${stoppedTasks.length} stopped tasks; ${describeStop(hit[0])})`;
	}
	const ill = targets.find(({ state }) => state === "unhealthy");
	return ill ? `target ${ill.target} is unhealthy: ${ill.reason ?? "no reason given"}` : void 0;
}
function reasonWithCause(facts) {
	const cause = findCause(facts);
	return cause == null ? facts.statusReason : `${facts.statusReason} Most likely: ${cause}`;
}
function describeStop({ stopCode, stoppedReason, containers }) {
	return [
		stopCode,
		stoppedReason,
		...containers.filter(({ exitCode, reason }) => (exitCode ?? 0) !== 0 || reason != null).map(({ name, exitCode, reason }) => `${name}: exit code ${exitCode ?? "none"}${reason == null ? "" : `, ${reason}`}`)
	].filter((text) => text != null && text !== "").join("; ");
}
function describeDiagnosis(facts) {
	const cause = findCause(facts);
	const tasks = countEqual(facts.stoppedTasks.map(describeStop));
	const section = (title, lines) => lines.length === 0 ? [] : [
		`**${title}**`,
		"",
		...lines,
		""
	];
	return [
		"#### What happened",
		"",
		`ECS: ${facts.statusReason}`,
		"",
		...cause == null ? [] : [`Most likely: ${cause}`, ""],
		...section("Stopped tasks", [...tasks].map(([text, count]) => `- ${count} x ${text}`)),
		...section("Targets", facts.targets.map(({ targetGroup, target, state, reason }) => `- ${targetGroup} ${target}: ${state}${reason ? ` (${reason})` : ""}`)),
		...section("Alarms", facts.triggeredAlarms.map((name) => `- ${name}`)),
		...section("Events", facts.events.slice(0, 15).map(({ at, message }) => `- ${at.toISOString().slice(11, 19)} ${message}`)),
		...section("Last log lines", facts.logLines.length === 0 ? [] : [
			"```",
			...facts.logLines,
			"```"
		])
	].join("\n");
}
function countEqual(texts) {
	const counts = new Map();
	for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
	return counts;
}
// core/src/rollout/poll.ts
function pollMilliseconds$1(analysisIntervalSeconds, random) {
	const base = Math.min(5e3, Math.max(500, analysisIntervalSeconds * 500));
	return Math.round(base * (.9 + .2 * random));
}
// core/src/rollout/state.ts
function rolloutState(deployment, newer = []) {
	const { status, statusReason } = deployment;
	const stage = deployment.lifecycleStage ?? "";
	const because = statusReason ?? deployment.rollback?.reason;
	switch (status) {
		case "SUCCESSFUL": return {
			phase: "landed",
			stage,
			reason: because ?? "the service deployment was successful"
		};
		case "ROLLBACK_SUCCESSFUL": return {
			phase: "rolled-back",
			stage,
			reason: because ?? "ECS rolled back and gave no reason"
		};
		case "ROLLBACK_FAILED": return {
			phase: "roll-back-failed",
			stage,
			reason: because ?? "the roll back failed and ECS gave no reason"
		};
		case "ROLLBACK_REQUESTED":
		case "ROLLBACK_IN_PROGRESS": return {
			phase: "rolling-back",
			stage,
			reason: because ?? "ECS is rolling back"
		};
		case "STOPPED": {
			const successor = newer.find(({ arn, createdAt }) => arn !== deployment.arn && createdAt >= deployment.createdAt);
			if (!successor) return {
				phase: "stopped",
				stage,
				reason: because ?? "the service deployment was stopped without roll back"
			};
			return {
				phase: "superseded",
				stage,
				reason: `superseded by ${successor.arn}, which deploys ${successor.revisionArn} and is ${successor.status}`,
				by: successor.arn
			};
		}
		case "IN_PROGRESS": {
			const hook = deployment.hooks.find(({ targetType, status }) => targetType === "PAUSE" && status === "AWAITING_ACTION");
			if (!hook) break;
			return {
				phase: "paused",
				stage,
				hook,
				reason: `waits for an answer${hook.expiresAt ? ` until ${hook.expiresAt.toISOString()}` : ""}, then ${hook.timeoutAction ?? "ROLLBACK"}`
			};
		}
	}
	return {
		phase: "running",
		stage,
		reason: because ?? `${status}${stage === "" ? "" : ` at ${stage}`}`
	};
}
function isFinished({ phase }) {
	return phase !== "running" && phase !== "paused" && phase !== "rolling-back";
}
function productionWeight({ target, sources }) {
	if (target.productionWeight != null) return target.productionWeight;
	const running = [target, ...sources].reduce((sum, { runningTasks }) => sum + runningTasks, 0);
	return running === 0 ? 0 : 100 * target.runningTasks / running;
}
// core/src/rollout/watch.ts
async function readRollout(deployments, handle) {
	const deployment = await deployments.read(handle.serviceDeploymentArn);
	return {
		deployment,
		state: rolloutState(deployment, deployment.status === "STOPPED" ? await deployments.list(handle.cluster, handle.ecsService, deployment.createdAt) : [])
	};
}
var Timeline = class {
	entries = [];
	#report;
	constructor(report) {
		this.#report = report;
	}
	add(at, { deployment, state }) {
		const { target } = deployment;
		const entry = {
			at: at.toISOString(),
			phase: state.phase,
			stage: state.stage,
			productionWeight: Math.round(productionWeight(deployment) * 10) / 10,
			tasks: `${target.runningTasks}/${target.requestedTasks}`
		};
		const last = this.entries.at(-1);
		if (last && [
			"phase",
			"stage",
			"productionWeight",
			"tasks"
		].every((key) => last[key] === entry[key])) return;
		this.entries.push(entry);
		const stage = entry.stage === "" ? "" : ` at ${entry.stage}`;
		this.#report(`${entry.phase}${stage}: ${entry.productionWeight} % of production traffic, ${entry.tasks} tasks`);
	}
};
async function watchRollout(ports, handle, until, analysisIntervalSeconds) {
	const timeline = new Timeline((line) => ports.report(line));
	for (;;) {
		const view = await readRollout(ports.deployments, handle);
		timeline.add(ports.clock.now(), view);
		if (isFinished(view.state) || until === "paused" && view.state.phase === "paused") return {
			...view,
			timeline: timeline.entries
		};
		await ports.clock.sleep(pollMilliseconds$1(analysisIntervalSeconds, ports.random()));
	}
}
// core/src/environment/gates.ts
var import_dist_cjs$6 = require_dist_cjs$1();
const percentage = string().regex(/^\d+(\.\d+)?%$/, "expected a percentage such as 1%").transform((text) => Number(text.slice(0, -1)) / 100);
const testSchema = strictObject({
	name: string().regex(/^[a-z][a-z0-9-]*$/),
	run: string().min(1).describe("Run in the checkout with BASE_URL set; exit code 0 is a pass."),
	timeout: durationSeconds.prefault("5m")
});
const loadTestSchema = strictObject({
	scenario: _enum([
		"smoke",
		"average",
		"stress",
		"spike",
		"soak"
	]),
	against: array(_enum(["test", "production"])).min(1).default(["test"]),
	duration: durationSeconds.optional().describe("Overrides the scenario's own duration."),
	rate: int().positive().optional().describe("Requests a second; overrides the scenario's own.")
});
const metricNames = [
	"errors",
	"slow",
	"target-health"
];
const analysisSchema = strictObject({
	interval: durationSeconds.prefault("60s"),
	timeout: durationSeconds.prefault("30m"),
	alpha: number().gt(0).max(.2).default(.05).describe("The largest chance of a roll back without a cause."),
	tolerance: number().min(1).default(1.2).describe("FAIL when bad events exceed this ratio to the old revision."),
	maxRatio: number().gt(1).default(2).describe("PASS when the ratio is shown to be below this."),
	ceiling: strictObject({
		errors: percentage.prefault("1%"),
		slow: percentage.prefault("5%")
	}).prefault({}).describe("Absolute: below it a metric passes whatever the ratio."),
	metrics: array(_enum(metricNames)).min(1).default([...metricNames])
}).refine(({ tolerance, maxRatio }) => tolerance < maxRatio, {
	path: ["maxRatio"],
	message: "expected maxRatio to be above tolerance: between them lies what may pass"
});
const sloSchema = strictObject({
	availability: number().gt(0).lt(100).default(99.9),
	latency: strictObject({
		percent: number().gt(0).lt(100).default(95),
		under: string().regex(/^\d+ms$/, "expected milliseconds such as 200ms").transform((text) => Number(text.slice(0, -2)))
	}).prefault({ under: "200ms" })
});
// core/src/failure.ts
var ConfigurationError = class extends Error {
	name = "ConfigurationError";
	problems;
	constructor(problems, options) {
		const list = typeof problems === "string" ? [{ message: problems }] : problems;
		super(list.map(describeProblem).join("\n"), options);
		this.problems = list;
	}
};
function describeProblem({ message, location, hint }) {
	return `${location ? `${location.file}${location.line == null ? "" : `:${location.line}`}: ` : ""}${message}${hint == null ? "" : ` (${hint})`}`;
}
// core/src/gate-result.ts
const gateResultSchema = strictObject({
	gate: string(),
	outcome: _enum(verdictOutcomes),
	reason: string(),
	figures: record(string(), number()).default({}),
	startedAt: datetime(),
	finishedAt: datetime()
});
// core/src/rollout/handle.ts
const rolloutHandleSchema = strictObject({
	environment: string(),
	service: string(),
	region: string(),
	cluster: string(),
	ecsService: string(),
	serviceDeploymentArn: string().startsWith("arn:"),
	revisionId: string(),
	taskDefinitionArn: string(),
	strategy: _enum([
		"ROLLING",
		"BLUE_GREEN",
		"LINEAR",
		"CANARY"
	]),
	image: string(),
	startedAt: datetime(),
	productionUrl: url().optional(),
	testUrl: url().optional()
});
// src/aws/ecs-services.ts
var import_dist_cjs$7 = require_dist_cjs();
function ecsServices(ecs) {
	return {
		async read(cluster, service) {
			const { services, failures } = await ecs.send(new import_dist_cjs$7.DescribeServicesCommand({
				cluster,
				services: [service]
			}));
			if (services?.[0]) return toEcsService(services[0]);
			const reason = failures?.[0]?.reason;
			if (reason === "MISSING" || reason == null) return void 0;
			throw new Error(`ECS could not describe ${service} in ${cluster}: ${reason}`);
		},
		async update(cluster, service, { taskDefinitionArn, deploymentConfiguration, loadBalancers }) {
			const { service: updated } = await ecs.send(new import_dist_cjs$7.UpdateServiceCommand({
				cluster,
				service,
				taskDefinition: taskDefinitionArn,
				deploymentConfiguration,
				...loadBalancers == null ? {} : { loadBalancers }
			}));
			if (!updated) throw new Error(`ECS answered the update of ${service} without a service`);
			return toEcsService(updated);
		}
	};
}
function toEcsService(service) {
	const primary = service.deployments?.find(({ status }) => status === "PRIMARY");
	const vpc = service.networkConfiguration?.awsvpcConfiguration;
	return {
		arn: service.serviceArn ?? "",
		status: service.status ?? "",
		desiredCount: service.desiredCount ?? 0,
		runningCount: service.runningCount ?? 0,
		primary: primary?.id == null || primary.taskDefinition == null ? void 0 : {
			id: primary.id,
			taskDefinitionArn: primary.taskDefinition
		},
		loadBalancers: service.loadBalancers ?? [],
		network: vpc && {
			subnets: vpc.subnets ?? [],
			securityGroups: vpc.securityGroups ?? [],
			assignPublicIp: vpc.assignPublicIp ?? "DISABLED"
		}
	};
}
async function readServiceRevision(ecs, arn) {
	const { serviceRevisions, failures } = await ecs.send(new import_dist_cjs$7.DescribeServiceRevisionsCommand({ serviceRevisionArns: [arn] }));
	if (!serviceRevisions?.[0]) throw new Error(`expected the service revision ${arn}, found none (${failures?.[0]?.reason ?? "no reason given"})`);
	return serviceRevisions[0];
}
function targetGroupOf(revision) {
	return revision.resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn ?? revision.loadBalancers?.[0]?.targetGroupArn;
}
async function listServiceTasks(ecs, cluster, serviceName, desiredStatus) {
	const tasks = [];
	let nextToken;
	do {
		const page = await ecs.send(new import_dist_cjs$7.ListTasksCommand({
			cluster,
			serviceName,
			desiredStatus,
			nextToken
		}));
		if (page.taskArns?.length) {
			const described = await ecs.send(new import_dist_cjs$7.DescribeTasksCommand({
				cluster,
				tasks: page.taskArns
			}));
			tasks.push(...described.tasks ?? []);
		}
		nextToken = page.nextToken;
	} while (nextToken != null);
	return tasks;
}
// src/aws/routing.ts
async function readListenerRule(elb, ruleArn) {
	const { Rules } = await elb.send(new import_dist_cjs$6.DescribeRulesCommand({ RuleArns: [ruleArn] }));
	const rule = Rules?.[0];
	if (!rule) throw new Error(`expected the listener rule ${ruleArn}, found none`);
	const listenerArn = listenerArnOf(ruleArn);
	const { Listeners } = await elb.send(new import_dist_cjs$6.DescribeListenersCommand({ ListenerArns: [listenerArn] }));
	const listener = Listeners?.[0];
	if (listener?.LoadBalancerArn == null || listener.Port == null) throw new Error(`expected the listener ${listenerArn}, found none`);
	const { LoadBalancers } = await elb.send(new import_dist_cjs$6.DescribeLoadBalancersCommand({ LoadBalancerArns: [listener.LoadBalancerArn] }));
	const host = hostOf(rule) ?? LoadBalancers?.[0]?.DNSName;
	if (host == null) throw new Error(`expected the load balancer ${listener.LoadBalancerArn}, found none`);
	const scheme = listener.Protocol === "HTTPS" ? "https" : "http";
	return {
		targets: targetsOf(rule),
		url: new URL(`${scheme}://${host}:${listener.Port}`).origin,
		loadBalancer: dimensionOf(listener.LoadBalancerArn)
	};
}
function listenerArnOf(ruleArn) {
	return ruleArn.replace(":listener-rule/", ":listener/").replace(/\/[^/]+$/, "");
}
function dimensionOf(arn) {
	return arn.slice(arn.lastIndexOf(":") + 1).replace(/^loadbalancer\//, "");
}
function hostOf({ Conditions = [] }) {
	return Conditions.flatMap(({ HostHeaderConfig, Values, Field }) => Field === "host-header" ? HostHeaderConfig?.Values ?? Values ?? [] : []).find((host) => !/[*?]/.test(host));
}
function targetsOf({ Actions = [] }) {
	const forward = Actions.find(({ Type }) => Type === "forward");
	const weighted = forward?.ForwardConfig?.TargetGroups ?? [];
	if (weighted.length === 0) return forward?.TargetGroupArn == null ? [] : [{
		targetGroupArn: forward.TargetGroupArn,
		weight: 1
	}];
	return weighted.map(({ TargetGroupArn = "", Weight }) => ({
		targetGroupArn: TargetGroupArn,
		weight: Weight ?? 1
	}));
}
async function readRouting(elb, { loadBalancing }, servingByRevision) {
	if (!loadBalancing) return void 0;
	const production = await readListenerRule(elb, loadBalancing.productionListenerRule);
	const test = await readListenerRule(elb, loadBalancing.testListenerRule);
	const healthyTargets = {};
	for (const arn of [loadBalancing.targetGroupArn, loadBalancing.alternateTargetGroupArn]) healthyTargets[arn] = (await readTargetHealth(elb, arn)).filter(({ state }) => state === "healthy").length;
	return {
		production: production.targets,
		test: test.targets,
		healthyTargets,
		servingByRevision
	};
}
async function readTargetHealth(elb, targetGroupArn) {
	const { TargetHealthDescriptions } = await elb.send(new import_dist_cjs$6.DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }));
	return (TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
		targetGroup: dimensionOf(targetGroupArn),
		target: `${Target?.Id ?? "?"}:${Target?.Port ?? "?"}`,
		state: TargetHealth?.State ?? "unknown",
		reason: [TargetHealth?.Reason, TargetHealth?.Description].filter(Boolean).join(": ") || void 0
	}));
}
// core/src/names.ts
const names = {
	cluster: (environment) => `sluice-${environment}`,
	service: (environment, service) => `${environment}-${service}`,
	taskFamily: (environment, service) => `${environment}-${service}`,
	migrateFamily: (environment, service) => `${environment}-${service}-migrate`,
	container: (service) => service,
	taskSkeletonParameter: (environment, service) => `/sluice/${environment}/${service}/task-skeleton`,
	holdParameter: (environment, service) => `/sluice/${environment}/${service}/hold`,
	secret: (environment, name) => `sluice/${environment}/${name}`,
	secretParameter: (environment, path) => `/sluice/${environment}${path}`,
	logGroup: (environment, service) => `/sluice/${environment}/${service}`,
	loadBalancer: (environment) => `sluice-${environment}`,
	targetGroup: (environment, service, side) => `${environment}-${service}-${side}`,
	alarm: (environment, service, metric) => `sluice-${environment}-${service}-${metric}`,
	slotTable: (environment) => `sluice-${environment}-slots`,
	databaseCluster: (environment, cluster) => `sluice-${environment}-${cluster}`,
	globalDatabase: (environment, cluster) => `sluice-${environment}-${cluster}-global`,
	regionSwitchPlan: (environment, region) => `sluice-${environment}-${region}`,
	databaseStep: (cluster) => `database-${cluster}`,
	cache: (environment) => `sluice-${environment}`,
	artifactBucket: (environment, account, region) => `sluice-${environment}-artifacts-${account}-${region}`,
	keyAlias: (environment, purpose) => `alias/sluice-${environment}-${purpose}`,
	topic: (environment) => `sluice-${environment}`,
	role: {
		build: () => "sluice-build",
		plan: (environment) => `sluice-plan-${environment}`,
		deploy: (environment) => `sluice-deploy-${environment}`,
		rollout: (environment) => `sluice-rollout-${environment}`,
		rollBack: (environment) => `sluice-roll-back-${environment}`,
		drift: (environment) => `sluice-drift-${environment}`,
		recovery: (environment) => `sluice-recovery-${environment}`,
		infra: (environment) => `sluice-infra-${environment}`,
		regionSwitch: (environment) => `sluice-region-switch-${environment}`
	},
	policy: {
		boundary: () => "sluice-boundary",
		execution: (part) => `sluice-execution-${part}`
	},
	githubEnvironment: {
		reviewed: (environment) => environment,
		rollout: (environment) => `${environment}-rollout`,
		rollBack: (environment) => `${environment}-roll-back`,
		recovery: (environment) => `${environment}-recovery`
	},
	stack: (environment, part) => `sluice-${environment}-${part}`
};
function roleArn(account, roleName) {
	return `arn:aws:iam::${account}:role/${roleName}`;
}
function imageHost(account, region) {
	return `${account}.dkr.ecr.${region}.amazonaws.com`;
}
// src/aws/service-deployments.ts
function serviceDeployments(ecs) {
	const read = async (arn) => {
		const { serviceDeployments: found, failures } = await ecs.send(new import_dist_cjs$7.DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }));
		if (!found?.[0]) {
			const reason = failures?.[0]?.reason ?? "no reason given";
			throw new Error(`expected the service deployment ${arn}, found none (${reason}); ECS keeps them for 90 days`);
		}
		return toServiceDeployment(arn, found[0]);
	};
	return {
		read,
		async list(cluster, service, createdAfter) {
			const entries = [];
			let nextToken;
			do {
				const page = await ecs.send(new import_dist_cjs$7.ListServiceDeploymentsCommand({
					cluster,
					service,
					createdAt: { after: createdAfter },
					nextToken
				}));
				for (const { serviceDeploymentArn, targetServiceRevisionArn, status, createdAt } of page.serviceDeployments ?? []) if (serviceDeploymentArn != null && targetServiceRevisionArn != null && createdAt) entries.push({
					arn: serviceDeploymentArn,
					revisionArn: targetServiceRevisionArn,
					status: status ?? "PENDING",
					createdAt
				});
				nextToken = page.nextToken;
			} while (nextToken != null);
			return entries.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
		},
		async answer(arn, hookId, action) {
			try {
				await ecs.send(new import_dist_cjs$7.ContinueServiceDeploymentCommand({
					serviceDeploymentArn: arn,
					hookId,
					action
				}));
				return true;
			} catch (error) {
				const { hooks } = await read(arn);
				if (hooks.find((hook) => hook.hookId === hookId)?.status !== "AWAITING_ACTION") return false;
				throw new Error(`could not answer ${action} to ${hookId} of ${arn}`, { cause: error });
			}
		},
		async stop(arn) {
			try {
				await ecs.send(new import_dist_cjs$7.StopServiceDeploymentCommand({
					serviceDeploymentArn: arn,
					stopType: "ROLLBACK"
				}));
			} catch (error) {
				const { status } = await read(arn);
				if (status === "PENDING" || status === "IN_PROGRESS") throw new Error(`could not stop ${arn}, which is ${status}`, { cause: error });
			}
		}
	};
}
function toServiceDeployment(arn, found) {
	const { target, sources, rollback, alarms, deploymentCircuitBreaker: breaker } = {
		target: found.targetServiceRevision,
		sources: found.sourceServiceRevisions ?? [],
		...found
	};
	return {
		arn,
		status: found.status ?? "PENDING",
		statusReason: found.statusReason,
		lifecycleStage: found.lifecycleStage,
		createdAt: found.createdAt ?? new Date(0),
		finishedAt: found.finishedAt ?? found.stoppedAt,
		target: toShare(target ?? {}),
		sources: sources.map(toShare),
		hooks: (found.lifecycleHookDetails ?? []).map((hook) => ({
			hookId: hook.hookId ?? "",
			targetType: hook.targetType ?? "",
			status: hook.status ?? "",
			expiresAt: hook.expiresAt,
			timeoutAction: hook.timeoutAction
		})),
		rollback: rollback && {
			reason: rollback.reason,
			revisionArn: rollback.serviceRevisionArn
		},
		breaker: breaker && {
			status: breaker.status ?? "",
			failureCount: breaker.failureCount ?? 0,
			threshold: breaker.threshold ?? 0
		},
		alarms: alarms && {
			status: alarms.status ?? "",
			triggered: alarms.triggeredAlarmNames ?? []
		}
	};
}
function toShare(revision) {
	return {
		arn: revision.arn ?? "",
		requestedTasks: revision.requestedTaskCount ?? 0,
		runningTasks: revision.runningTaskCount ?? 0,
		pendingTasks: revision.pendingTaskCount ?? 0,
		productionWeight: revision.requestedProductionTrafficWeight,
		testWeight: revision.requestedTestTrafficWeight
	};
}
// src/aws/credentials.ts
var import_dist_cjs$1 = require_dist_cjs$4();
var import_dist_cjs = require_dist_cjs$3();
var import_dist_cjs$2 = require_dist_cjs$5();
var import_dist_cjs$3 = require_dist_cjs$6();
var import_dist_cjs$4 = require_dist_cjs$7();
var import_dist_cjs$5 = require_dist_cjs$2();
const renewBeforeMilliseconds = 3e5;
function webIdentityCredentials(region, role, env, now = () => Date.now()) {
	let session;
	let expires = 0;
	return () => {
		if (session == null || now() > expires - renewBeforeMilliseconds) {
			expires = Number.POSITIVE_INFINITY;
			session = assumeRole(region, role, env).then((credentials) => {
				expires = credentials.expiration.getTime();
				return credentials;
			}, (error) => {
				session = void 0;
				throw error;
			});
		}
		return session;
	};
}
async function assumeRole(region, role, env) {
	const token = await identityToken(env);
	const sts = new import_dist_cjs$5.STSClient({
		region,
		maxAttempts: 10,
		credentials: {
			accessKeyId: "",
			secretAccessKey: ""
		}
	});
	try {
		const { Credentials: found } = await sts.send(new import_dist_cjs$5.AssumeRoleWithWebIdentityCommand({
			RoleArn: role,
			RoleSessionName: sessionName(env),
			WebIdentityToken: token
		}));
		if (!found?.AccessKeyId || !found.SecretAccessKey || !found.SessionToken || !found.Expiration) throw new Error(`STS answered the assumption of ${role} without credentials`);
		setSecret(found.SecretAccessKey);
		setSecret(found.SessionToken);
		return {
			accessKeyId: found.AccessKeyId,
			secretAccessKey: found.SecretAccessKey,
			sessionToken: found.SessionToken,
			expiration: found.Expiration
		};
	} catch (error) {
		if (error instanceof Error && /AccessDenied|InvalidIdentityToken/.test(error.name)) throw new ConfigurationError([{
			message: `the role ${role} refused this job: ${error.message}`,
			hint: "compare the trust policy of the role with the repository, branch and environment of this job"
		}], { cause: error });
		throw error;
	} finally {
		sts.destroy();
	}
}
async function identityToken(env) {
	if (!env["ACTIONS_ID_TOKEN_REQUEST_URL"]) throw new ConfigurationError([{
		message: "the job may not ask for an OIDC token, which the role needs",
		hint: "add \"permissions: { id-token: write }\" to the job, or leave the input \"role\" out"
	}]);
	return getIDToken("sts.amazonaws.com");
}
function sessionName(env) {
	return `sluice-${env["GITHUB_RUN_ID"] ?? "local"}-${env["GITHUB_JOB"] ?? "job"}`.replaceAll(/[^\w+=,.@-]/g, "-").slice(0, 64);
}
// src/aws/clients.ts
function awsClients(settings, env = process.env) {
	const configuration = clientConfiguration(settings, env);
	const made = new Map();
	const once = (name, make) => {
		if (!made.has(name)) made.set(name, make());
		return made.get(name);
	};
	return {
		region: settings.region,
		get ecs() {
			return once("ecs", () => new import_dist_cjs$7.ECSClient(configuration));
		},
		get elb() {
			return once("elb", () => new import_dist_cjs$6.ElasticLoadBalancingV2Client(configuration));
		},
		get cloudformation() {
			return once("cloudformation", () => new import_dist_cjs.CloudFormationClient(configuration));
		},
		get cloudwatch() {
			return once("cloudwatch", () => new import_dist_cjs$1.CloudWatchClient(configuration));
		},
		get logs() {
			return once("logs", () => new import_dist_cjs$2.CloudWatchLogsClient(configuration));
		},
		get ssm() {
			return once("ssm", () => new import_dist_cjs$4.SSMClient(configuration));
		},
		get sts() {
			return once("sts", () => new import_dist_cjs$5.STSClient(configuration));
		},
		get ecr() {
			return once("ecr", () => new import_dist_cjs$3.ECRClient(configuration));
		}
	};
}
function clientConfiguration({ region, role }, env) {
	return {
		region,
		retryMode: "adaptive",
		maxAttempts: 10,
		customUserAgent: [["sluice", "0.1.0"], ["run", `${env["GITHUB_RUN_ID"] ?? "none"}.${env["GITHUB_RUN_ATTEMPT"] ?? "1"}`]],
		...role == null ? {} : { credentials: webIdentityCredentials(region, role, env) }
	};
}
// src/aws/log-lines.ts
async function readLastLogLines(logs, logGroup, prefix, container, taskArn, limit = 20) {
	const taskId = taskArn.slice(taskArn.lastIndexOf("/") + 1);
	try {
		const { events } = await logs.send(new import_dist_cjs$2.GetLogEventsCommand({
			logGroupName: logGroup,
			logStreamName: `${prefix}/${container}/${taskId}`,
			limit,
			startFromHead: false
		}));
		return (events ?? []).map(({ message = "" }) => message.trimEnd());
	} catch (error) {
		if (error instanceof Error && error.name === "ResourceNotFoundException") return [];
		throw error;
	}
}
// src/aws/one-off-tasks.ts
function oneOffTasks(ecs) {
	return {
		async run(cluster, taskDefinition, network, token) {
			const { tasks, failures } = await ecs.send(new import_dist_cjs$7.RunTaskCommand({
				cluster,
				taskDefinition,
				launchType: "FARGATE",
				count: 1,
				clientToken: token.slice(0, 64),
				startedBy: "sluice",
				networkConfiguration: { awsvpcConfiguration: {
					subnets: [...network.subnets],
					securityGroups: [...network.securityGroups],
					assignPublicIp: network.assignPublicIp
				} }
			}));
			if (tasks?.[0]) return toOneOffTask(tasks[0]);
			const why = failures?.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(": ")).join("; ");
			throw new Error(`ECS did not start the task ${taskDefinition}: ${why || "no reason given"}`);
		},
		async read(cluster, arn) {
			const { tasks, failures } = await ecs.send(new import_dist_cjs$7.DescribeTasksCommand({
				cluster,
				tasks: [arn]
			}));
			if (tasks?.[0]) return toOneOffTask(tasks[0]);
			throw new Error(`expected the task ${arn}, found none (${failures?.[0]?.reason ?? "no reason given"})`);
		}
	};
}
function toOneOffTask(task) {
	return {
		arn: task.taskArn ?? "",
		lastStatus: task.lastStatus ?? "",
		stopCode: task.stopCode,
		stoppedReason: task.stoppedReason,
		containers: (task.containers ?? []).map(({ name = "", exitCode, reason }) => ({
			name,
			exitCode,
			reason
		}))
	};
}
// src/aws/diagnosis.ts
async function readDiagnosis(clients, handle, { deployment, state }) {
	const unread = [];
	const attempt = async (what, fallback, read) => {
		try {
			return await read();
		} catch (error) {
			unread.push({
				at: new Date(),
				message: `${what} could not be read: ${error.message}`
			});
			return fallback;
		}
	};
	const { cluster, ecsService, environment, service } = handle;
	const events = await attempt("events", [], async () => {
		const { services } = await clients.ecs.send(new import_dist_cjs$7.DescribeServicesCommand({
			cluster,
			services: [ecsService]
		}));
		return (services?.[0]?.events ?? []).filter(({ createdAt }) => createdAt != null && createdAt >= deployment.createdAt).map(({ createdAt = new Date(0), message = "" }) => ({
			at: createdAt,
			message
		}));
	});
	const stopped = await attempt("stopped tasks", [], async () => {
		return (await listServiceTasks(clients.ecs, cluster, ecsService, "STOPPED")).filter(({ startedBy }) => startedBy === `ecs-svc/${handle.revisionId}`).map(toOneOffTask);
	});
	const targets = await attempt("targets", [], async () => {
		const targetGroup = targetGroupOf(await readServiceRevision(clients.ecs, deployment.target.arn));
		return targetGroup == null ? [] : readTargetHealth(clients.elb, targetGroup);
	});
	const crashed = stopped.find(({ stopCode }) => stopCode === "EssentialContainerExited") ?? stopped[0];
	const logLines = await attempt("log lines", [], async () => crashed == null ? [] : readLastLogLines(clients.logs, names.logGroup(environment, service), service, names.container(service), crashed.arn));
	return {
		statusReason: deployment.statusReason ?? state.reason,
		events: [...unread, ...events],
		stoppedTasks: stopped,
		targets,
		logLines,
		triggeredAlarms: deployment.alarms?.triggered ?? []
	};
}
// src/runner/contract.ts
function defineContract(shape, outputs) {
	return {
		inputs: object(shape),
		outputs
	};
}
function jsonInput(schema) {
	return string().transform((text, context) => {
		try {
			return JSON.parse(text);
		} catch (error) {
			context.addIssue({
				code: "custom",
				message: `expected JSON: ${error.message}`
			});
			return NEVER;
		}
	}).pipe(schema);
}
const booleanInput = _enum(["true", "false"]).transform((text) => text === "true");
const roleInput = string().regex(/^arn:[\w-]+:iam::\d{12}:role\/.+$/, "expected the ARN of an IAM role");
// src/runner/summary.ts
const limitBytes = 1048576;
const cut = "\n\n*Cut here: GitHub keeps 1 MiB of a summary. The log and the artifacts hold the rest.*\n";
async function writeSummary(markdown, env = process.env) {
	const file = env["GITHUB_STEP_SUMMARY"];
	if (file == null || file === "") {
		info(markdown);
		return;
	}
	const room = limitBytes - await sizeOf(file) - Buffer.byteLength(cut);
	const bytes = Buffer.from(`${markdown.trimEnd()}\n\n`);
	await appendFile(file, bytes.length <= room ? bytes : `${bytes.subarray(0, Math.max(room, 0)).toString()}${cut}`);
}
async function sizeOf(file) {
	try {
		return (await stat(file)).size;
	} catch {
		return 0;
	}
}
function markdownTable(head, rows) {
	const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;
	return [
		line(head),
		`|${head.map(() => "---").join("|")}|`,
		...rows.map(line)
	].join("\n");
}
function cell(value) {
	return String(value).replaceAll("|", String.raw`\|`).replaceAll(/\s*\n\s*/g, "<br>");
}
// src/runner/gate-results.ts
const gateResultsInput = string().transform((text, context) => {
	try {
		if (text.trimStart().startsWith("[")) return JSON.parse(text);
		return text.split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
	} catch (error) {
		context.addIssue({
			code: "custom",
			message: `expected one JSON object a line: ${error.message}`
		});
		return NEVER;
	}
}).pipe(array(gateResultSchema));
const signs = {
	pass: "✅",
	fail: "❌",
	inconclusive: "❔"
};
async function reportGate(title, gate, details) {
	setOutput("gate-result", gate);
	await writeSummary(`### ${signs[gate.outcome]} ${title} ${gate.outcome}: ${gate.reason}\n\n${details}`);
	if (gate.outcome === "pass") info(`${title}: ${gate.reason}`);
	else error(`${gate.outcome}: ${gate.reason}`, { title });
}
// src/runner/clock.ts
const systemClock = {
	now: () => new Date(),
	sleep: (milliseconds, signal) => setTimeout$1(milliseconds, void 0, signal == null ? {} : { signal })
};
// core/src/environment/adopt.ts
var import_dist = require_dist();
const id = (prefix) => string().regex(new RegExp(`^${prefix}-[0-9a-z]+$`), `expected an id such as ${prefix}-0123456789abcdef0`);
const arn = (kind) => string().regex(new RegExp(`^arn:aws:elasticloadbalancing:[a-z0-9-]+:\\d{12}:${kind}/`), `expected arn:aws:elasticloadbalancing:…:${kind}/…`);
const ecsName = string().regex(/^[A-Za-z0-9_-]{1,255}$/, "expected a name of ECS, no ARN");
const subnets = (least) => array(id("subnet")).min(least);
const groups = strictObject({
	loadBalancer: id("sg").optional(),
	task: id("sg").optional(),
	database: id("sg").optional(),
	databaseProxy: id("sg").optional(),
	cache: id("sg").optional(),
	endpoints: id("sg").optional()
});
const network = strictObject({
	vpcId: id("vpc"),
	publicSubnets: subnets(2).describe("Of the load balancer."),
	taskSubnets: subnets(1).describe("Of the tasks."),
	taskAddresses: _enum(["public", "private"]).describe("public: tasks have addresses of their own, where no NAT leads out of their subnets."),
	privateSubnets: subnets(1).optional().describe("With a way out; those of the tasks where they are left out."),
	databaseSubnets: subnets(2),
	cacheSubnets: subnets(2),
	groups: groups.prefault({})
});
const loadBalancer = strictObject({
	arn: arn("loadbalancer/app"),
	dnsName: string(),
	hostedZoneId: string().describe("The load balancer's own (CanonicalHostedZoneId), for alias records."),
	productionListener: arn("listener/app"),
	testListener: arn("listener/app").optional().describe("Made on the load balancer where it is left out."),
	firstPriority: int().min(1).max(5e4).default(1).describe("The priority of the first rule that is made; those before it are taken.")
});
const service = strictObject({
	name: ecsName.describe("The same in every region."),
	targetGroup: arn("targetgroup").optional().describe("Where its traffic goes; none for worker."),
	alternateTargetGroup: arn("targetgroup").optional().describe("Made where it is left out."),
	productionRule: arn("listener-rule/app").optional().describe("The rule that leads to the target group."),
	testRule: arn("listener-rule/app").optional().describe("Made where it is left out.")
});
const regionSchema = strictObject({
	network: network.optional(),
	cluster: ecsName.optional().describe("The same in every region."),
	loadBalancer: loadBalancer.optional(),
	services: record(string(), service).default({})
}).superRefine((adopted, context) => {
	const expect = (path, message) => context.addIssue({
		code: "custom",
		path,
		message
	});
	if (adopted.loadBalancer && adopted.network?.groups.loadBalancer == null) expect(["loadBalancer"], "expected network.groups.loadBalancer beside it, found nothing: tasks let in that group alone");
	for (const [name, { targetGroup, productionRule }] of Object.entries(adopted.services)) {
		if (adopted.cluster == null) expect(["services", name], "expected cluster beside it: a service lives in one");
		if (targetGroup == null !== (productionRule == null)) expect(["services", name], "expected targetGroup and productionRule, or neither (worker)");
		if (targetGroup != null && !adopted.loadBalancer) expect(["services", name], "expected loadBalancer beside it: its rule stands on one of its listeners");
	}
});
const adoptSchema = record(string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "expected an AWS region such as us-east-1"), regionSchema).describe("What exists already and is used in place of being made, by region.");
function adoptionOf({ environment }, region) {
	return environment.adopt?.[region];
}
function adoptionProblems({ name, environment, services }) {
	const { adopt, regions } = environment;
	if (!adopt) return [];
	const location = { file: `environments/${name}/environment.yaml` };
	const problems = [];
	const report = (message, hint) => problems.push({
		message: `adopt: ${message}`,
		hint,
		location
	});
	for (const [region, adopted] of Object.entries(adopt)) {
		if (!regions.includes(region)) report(`expected regions out of ${regions.join(", ")}, found ${region}`, "name it in regions");
		for (const [service, { targetGroup }] of Object.entries(adopted.services)) {
			const { kind } = services[service] ?? {};
			const at = `${region}.services.${service}`;
			if (kind == null) report(`${at} is no service of the environment`, `add ${name}/${service}.yaml`);
			if (kind === "job") report(`${at}: a job has no ECS service`, "leave it out");
			if (kind === "web" && targetGroup == null) report(`${at}: expected targetGroup and productionRule`, "web has traffic to shift");
			if (kind === "worker" && targetGroup != null) report(`${at}: expected no targetGroup`, "a worker has no traffic");
		}
	}
	const clusters = new Set(regions.map((region) => adopt[region]?.cluster));
	if (clusters.size > 1) report(`expected a cluster of one name in every region, found ${[...clusters].map((cluster) => cluster ?? "none").join(", ")}`, "adopt all of them, or none");
	for (const service of Object.keys(services)) {
		const found = new Set(regions.map((region) => adopt[region]?.services[service]?.name));
		if (found.size > 1) report(`expected ${service} under one name in every region, found ${[...found].map((one) => one ?? "none").join(", ")}`, "adopt all of them, or none");
	}
	return problems;
}
const topology = strictObject({
	profile: _enum([
		"free",
		"dev",
		"production",
		"global"
	]),
	logicalShards: literal(8).default(8).describe("Fixed in the shard map; moving one is a change of that map."),
	physicalClusters: literal([
		1,
		2,
		4,
		8
	]).default(1)
});
const testerNetwork = cidrv4().refine((block) => Number(block.split("/")[1]) >= 16, "expected a network of /16 or smaller, such as 203.0.113.0/24");
const certificate = string().regex(/^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/, "expected the ARN of a certificate in ACM, such as arn:aws:acm:us-east-1:222222222222:certificate/…");
const edge = strictObject({
	testers: array(testerNetwork).default([]).describe("Who reaches the test listener: the public addresses of the runners that test a new revision."),
	domain: string().optional().describe("Services answer at <service>.<domain>; every certificate covers *.<domain>."),
	hostedZoneId: string().optional().describe("The public zone of Route 53 that holds the domain."),
	certificateArn: certificate.optional().describe("Without one, listeners speak HTTP: the local overlay and first days."),
	certificateArns: array(certificate).default([]).describe("One for every further region, and one in us-east-1 for the distribution: their ARNs say where they are.")
});
const budget = strictObject({ monthlyUsd: number().positive() });
const infraSections = {
	topology: topology.prefault({ profile: "dev" }),
	edge: edge.prefault({}),
	budget: budget.optional(),
	adopt: adoptSchema.optional()
};
// core/src/environment/environment.ts
const accountId = string().regex(/^\d{12}$/, "expected the 12 digits of an AWS account, in quotes");
const regionName = string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "expected an AWS region such as us-east-1");
const promotionSchema = strictObject({
	from: string().optional().describe("The environment a release must have run in before; none for the first."),
	mode: _enum(["auto", "pull-request"]).default("pull-request").describe("auto: merged by the API once checks pass."),
	soak: durationSeconds.prefault("0s").describe("How long the release must have run in `from`."),
	approvals: int().min(0).max(6).default(0).describe("Distinct people, none of them an author of the change."),
	reviewers: array(string()).default([]).describe("GitHub users or teams that may approve."),
	approvalTtl: durationSeconds.prefault("4h"),
	freeze: string().optional().describe("A file of freeze windows below environments/.")
});
const environmentSchema = strictObject({
	account: accountId,
	regions: array(regionName).min(1).describe("The first is the primary; rollouts run as waves, last to first."),
	imageHost: string().optional().describe("The registry host tasks pull from; derived from the artifact account and the region. Only the local overlay sets it."),
	promotion: promotionSchema.prefault({}),
	findings: string().default("policy/findings.yaml").describe("The findings policy below environments/."),
	...infraSections
});
// core/src/environment/policy.ts
const severity = _enum([
	"low",
	"medium",
	"high",
	"critical"
]);
const freezeSchema = strictObject({ windows: array(strictObject({
	name: string(),
	effect: _enum(["allow", "deny"]),
	environments: array(string()).min(1),
	timeZone: string().default("UTC"),
	days: array(_enum([
		"mon",
		"tue",
		"wed",
		"thu",
		"fri",
		"sat",
		"sun"
	])).optional(),
	from: string().describe("HH:MM for a weekly window, or an ISO date-time for a single one."),
	to: string()
})) });
const findingsPolicySchema = strictObject({
	required: record(string(), array(string())).describe("Environment to the scanners that must have run."),
	fail: strictObject({
		severity: severity.default("high"),
		fixAvailableOnly: boolean().default(false)
	}).prefault({}),
	ignores: array(strictObject({
		id: string(),
		package: string().optional(),
		reason: string().min(10),
		owner: string().startsWith("@"),
		expires: date()
	})).default([])
});
// core/src/environment/project.ts
const imageByDigest = string().regex(/^[^/\s]+\/[^@\s]+@sha256:[0-9a-f]{64}$/, "expected host/repository@sha256:<64 hex digits>");
const projectService = strictObject({
	path: string().describe("The service's folder: what is built."),
	image: string().describe("Its repository in ECR."),
	base: imageByDigest.optional().describe("The image that it is put on, by digest; without one a local-base, for the local account alone."),
	owners: array(string().startsWith("@")).min(1)
});
const projectSchema = strictObject({
	github: strictObject({
		owner: string(),
		ownerId: int().positive().describe("Immutable OIDC subjects carry it (repositories made since 2026-07-15)."),
		repository: string(),
		repositoryId: int().positive()
	}),
	artifacts: strictObject({
		account: accountId,
		region: regionName,
		host: string().optional().describe("The registry host builds push to. Only the local overlay sets it.")
	}),
	collector: imageByDigest.optional().describe("The OpenTelemetry collector that tasks of the profile global are made with, by digest."),
	services: record(string().regex(/^[a-z][a-z0-9-]*$/), projectService)
});
// core/src/stacks/shared.ts
const shared = "shared";
const deployableShared = (stacks) => stacks.filter(({ environment, part }) => environment === "shared" && part !== "account");
const watchedShared = (stacks, artifactAccount) => stacks.filter(({ environment, account }) => environment === "shared" && account === artifactAccount);
// core/src/environment/reserved-names.ts
const [rollout, rollBack, recovery] = [
	names.githubEnvironment.rollout(""),
	names.githubEnvironment.rollBack(""),
	names.githubEnvironment.recovery("")
];
function whyReserved(name) {
	if (name === "shared") return `"${shared}" stands for what all environments share, in stacks, roles and workflows`;
	const suffix = [
		rollout,
		rollBack,
		recovery
	].find((end) => name.endsWith(end));
	return suffix && `names that end in "${suffix}" are those of GitHub environments of their own`;
}
// core/src/image-reference.ts
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const repositoryPattern = /^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/;
function parseImageReference(text) {
	const [repository = "", digest, ...rest] = text.split("@");
	if (digest == null || rest.length > 0) throw new RangeError(`expected repository@sha256:<64 hex digits>, found "${text}" (a tag can be moved; name a digest)`);
	if (!repositoryPattern.test(repository)) throw new RangeError(`expected a repository name without host or tag, found "${repository}"`);
	if (!digestPattern.test(digest)) throw new RangeError(`expected sha256:<64 hex digits>, found "${digest}"`);
	return {
		repository,
		digest
	};
}
function formatImageReference({ repository, digest }) {
	return `${repository}@${digest}`;
}
const imageReference = string().transform((text, context) => {
	try {
		return parseImageReference(text);
	} catch (error) {
		context.addIssue({
			code: "custom",
			message: error.message
		});
		return NEVER;
	}
});
// core/src/environment/release.ts
const releaseSchema = strictObject({
	image: imageReference.describe("repository@sha256:<digest>. Tags are refused."),
	commit: string().regex(/^[0-9a-f]{40}$/, "expected the 40 hex digits of a commit").describe("The commit that the image was built from."),
	version: string().regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.-]+)?$/, "expected a semantic version").describe("The service's version.")
});
// core/src/environment/rollout.ts
const bake = durationWholeMinutes(0, 1440);
const percent = (minimum) => number().min(minimum).max(100).multipleOf(.1);
const pauses = strictObject({
	timeout: durationWholeMinutes(1, 20160).prefault("60m"),
	onTimeout: literal("ROLLBACK").default("ROLLBACK").describe("Nothing unknown counts as a pass.")
}).prefault({});
const common = {
	breaker: strictObject({
		type: _enum([
			"BOUNDED_PERCENT",
			"UNBOUNDED_PERCENT",
			"COUNT"
		]).default("BOUNDED_PERCENT"),
		value: int().min(1).default(50)
	}).prefault({}),
	alarms: array(string()).default([])
};
const rolloutSchema = discriminatedUnion("strategy", [
	strictObject({
		strategy: literal("ROLLING"),
		minimumHealthyPercent: int().min(0).max(100).default(100),
		maximumPercent: int().min(100).max(200).default(200),
		bakeTime: bake.prefault("0m"),
		...common
	}),
	strictObject({
		strategy: literal("BLUE_GREEN"),
		bakeTime: bake.prefault("10m"),
		pauses,
		...common
	}),
	strictObject({
		strategy: literal("LINEAR"),
		stepPercent: percent(3).default(10),
		stepBakeTime: bake.prefault("0m").describe("0m: the judge paces the steps at the pauses."),
		bakeTime: bake.prefault("10m"),
		pauses,
		...common
	}),
	strictObject({
		strategy: literal("CANARY"),
		canaryPercent: percent(.1).default(5),
		canaryBakeTime: bake.prefault("0m"),
		bakeTime: bake.prefault("10m"),
		pauses,
		...common
	})
]);
// core/src/environment/task.ts
const fargateMemory = {
	256: [512, 2048],
	512: [1024, 4096],
	1024: [2048, 8192],
	2048: [4096, 16384],
	4096: [8192, 30720]
};
const environmentVariableName = string().regex(/^[A-Z][A-Z0-9_]*$/, "expected UPPER_SNAKE_CASE");
const taskSchema = strictObject({
	cpu: literal([
		256,
		512,
		1024,
		2048,
		4096
	]).describe("CPU units; 1024 is one vCPU."),
	memory: int().positive().describe("MiB."),
	command: array(string()).min(1).optional(),
	env: record(environmentVariableName, string()).default({}),
	secrets: record(environmentVariableName, string().regex(/^[\w/.-]+$/)).default({}).describe("Environment variable to the name of a secret in Secrets Manager, or in Parameter Store where it begins with /; the environment is put in front.")
}).superRefine(({ cpu, memory }, context) => {
	const [minimum, maximum] = fargateMemory[cpu] ?? [0, 0];
	if (memory < minimum || memory > maximum || memory > 1024 && memory % 1024 !== 0) context.addIssue({
		code: "custom",
		path: ["memory"],
		message: `expected ${minimum} to ${maximum} MiB in steps of 1024 with ${cpu} CPU units on Fargate, found ${memory}`
	});
});
const scalingSchema = strictObject({
	min: int().min(0).default(2),
	max: int().min(1).default(10),
	cpu: int().min(10).max(95).default(70).describe("Target CPU utilisation in percent."),
	memory: int().min(10).max(95).optional().describe("Target memory utilisation in percent.")
}).refine(({ min, max }) => min <= max, {
	path: ["max"],
	message: "expected max to be at least min"
});
const migrateSchema = strictObject({
	command: array(string()).min(1),
	phase: _enum(["expand", "contract"]).default("expand"),
	timeout: string().optional()
});
// core/src/environment/service.ts
const serviceSchema = strictObject({
	kind: _enum([
		"web",
		"worker",
		"job"
	]).describe("Only web has traffic to shift."),
	release: releaseSchema,
	task: taskSchema,
	scaling: scalingSchema.prefault({}),
	migrate: migrateSchema.optional(),
	rollout: rolloutSchema,
	tests: array(testSchema).default([]),
	loadTest: loadTestSchema.optional(),
	analysis: analysisSchema.prefault({}),
	slo: sloSchema.prefault({})
}).superRefine((service, context) => {
	const shiftsTraffic = service.rollout.strategy !== "ROLLING";
	if (shiftsTraffic && service.kind !== "web") context.addIssue({
		code: "custom",
		path: ["rollout", "strategy"],
		message: `expected ROLLING for kind ${service.kind}, found ${service.rollout.strategy}: only web has traffic to shift`
	});
	if (!shiftsTraffic && service.tests.length > 0) context.addIssue({
		code: "custom",
		path: ["tests"],
		message: "expected no tests with ROLLING: it has no test listener; use BLUE_GREEN, LINEAR or CANARY"
	});
	if (!shiftsTraffic && service.loadTest?.against.includes("test")) context.addIssue({
		code: "custom",
		path: ["loadTest", "against"],
		message: "expected production only with ROLLING: it has no test listener"
	});
});
// core/src/environment/read.ts
function parseDesiredState(files, folder = "environments") {
	const reader = new Reader(files, folder);
	const project = reader.read("project.yaml", projectSchema);
	const freezes = {};
	const findings = {};
	const environments = {};
	for (const name of environmentNames(files)) {
		const reserved = whyReserved(name);
		if (reserved != null) reader.report(`${name}/environment.yaml`, `the name is reserved: ${reserved}`, "name it otherwise");
		const environment = reader.read(`${name}/environment.yaml`, environmentSchema);
		const services = {};
		for (const path of files.keys()) {
			const service = new RegExp(`^${name}/([a-z][a-z0-9-]*)\\.yaml$`).exec(path)?.[1];
			if (service == null || service === "environment") continue;
			const parsed = reader.read(path, serviceSchema);
			if (parsed) services[service] = parsed;
			if (project && !project.services[service]) reader.report(path, `service "${service}" is not in project.yaml`, `add it under services, or remove the file`);
		}
		if (!environment) continue;
		environments[name] = {
			name,
			environment,
			services
		};
		reader.problems.push(...adoptionProblems(environments[name]));
		const { freeze, from } = environment.promotion;
		if (freeze != null) freezes[freeze] ??= reader.read(freeze, freezeSchema) ?? { windows: [] };
		const policy = reader.read(environment.findings, findingsPolicySchema);
		if (policy) findings[environment.findings] = policy;
		if (from != null && !files.has(`${from}/environment.yaml`)) reader.report(`${name}/environment.yaml`, `promotion.from names "${from}", which is no environment`);
	}
	if (reader.problems.length > 0 || !project) throw new ConfigurationError(reader.problems);
	return {
		project,
		environments,
		freezes,
		findings
	};
}
function environmentNames(files) {
	return [...files.keys()].map((path) => /^([a-z][a-z0-9-]*)\/environment\.yaml$/.exec(path)?.[1]).filter((name) => name != null).sort();
}
var Reader = class {
	problems = [];
	#seen = new Map();
	#files;
	#folder;
	constructor(files, folder) {
		this.#files = files;
		this.#folder = folder;
	}
	report(path, message, hint) {
		this.problems.push({
			message,
			location: { file: `${this.#folder}/${path}` },
			...hint == null ? {} : { hint }
		});
	}
	read(path, schema) {
		if (this.#seen.has(path)) return this.#seen.get(path);
		const parsed = this.#parse(path, schema);
		this.#seen.set(path, parsed);
		return parsed;
	}
	#parse(path, schema) {
		const text = this.#files.get(path);
		if (text == null) {
			this.report(path, "the file is missing");
			return;
		}
		const lines = new import_dist.LineCounter();
		const document = (0, import_dist.parseDocument)(text, {
			lineCounter: lines,
			prettyErrors: false
		});
		const file = `${this.#folder}/${path}`;
		for (const error of document.errors) {
			const { line, col } = lines.linePos(error.pos[0]);
			this.problems.push({
				message: error.message,
				location: {
					file,
					line,
					column: col
				}
			});
		}
		if (document.errors.length > 0) return void 0;
		const result = schema.safeParse(document.toJS());
		if (result.success) return result.data;
		for (const issue of result.error.issues) this.problems.push({
			message: describeIssue(issue, document),
			location: {
				file,
				...locate(document, lines, issue)
			}
		});
	}
};
function describeIssue(issue, document) {
	const { path } = issue;
	const at = path.length === 0 ? "" : `${path.join(".")}: `;
	if (/\bfound\b/.test(issue.message)) return `${at}${issue.message}`;
	const value = path.length === 0 ? void 0 : document.getIn(path);
	const found = value === void 0 ? "nothing: the key is missing" : show(value);
	const expected = issue.message.replace(/^(?:Invalid (?:input|option|discriminator value)[:.] )?expected/i, "expected").replace(/, received .*$/, "").replaceAll("'", "\"").replaceAll("\"|\"", "\" | \"");
	return `${at}${issue.code === "unrecognized_keys" ? issue.message : `${expected}, found ${found}`}`;
}
function show(value) {
	return (0, import_dist.isMap)(value) || (0, import_dist.isSeq)(value) ? "a block of keys or items" : JSON.stringify(value);
}
function locate(document, lines, issue) {
	const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : [...issue.path];
	for (let length = path.length; length > 0; length--) {
		const parent = document.getIn(path.slice(0, length - 1), true);
		const last = path[length - 1];
		const pair = (0, import_dist.isMap)(parent) ? parent.items.find(({ key }) => (0, import_dist.isScalar)(key) && key.value === last) : void 0;
		const range = ((0, import_dist.isScalar)(pair?.key) ? pair.key : document.getIn(path.slice(0, length), true))?.range;
		if (range) {
			const { line, col } = lines.linePos(range[0]);
			return {
				line,
				column: col
			};
		}
	}
	return { line: 1 };
}
// src/runner/desired-state.ts
function workspace(env = process.env) {
	return env["GITHUB_WORKSPACE"] || process.cwd();
}
async function readDesiredState(root = workspace()) {
	return parseDesiredState(await readEnvironmentFiles(join(root, "environments")));
}
async function readEnvironmentFiles(folder) {
	let entries;
	try {
		entries = await readdir(folder, {
			recursive: true,
			withFileTypes: true
		});
	} catch (error) {
		throw new ConfigurationError([{
			message: `expected the folder ${folder}, found none`,
			hint: "check out the repository before this step, or set GITHUB_WORKSPACE"
		}], { cause: error });
	}
	const files = new Map();
	for (const entry of entries) {
		if (!entry.isFile() || !entry.name.endsWith(".yaml")) continue;
		const path = join(entry.parentPath, entry.name);
		files.set(path.slice(folder.length + 1).replaceAll("\\", "/"), await readFile(path, "utf8"));
	}
	return files;
}
function findEnvironment(state, environment) {
	const found = state.environments[environment];
	if (found) return found;
	throw new ConfigurationError(`input "environment": expected one of ${Object.keys(state.environments).join(", ")}, found "${environment}"`);
}
function findService(state, environment, service) {
	const found = findEnvironment(state, environment);
	const ofService = found.services[service];
	if (!ofService) throw new ConfigurationError(`input "service": expected one of ${Object.keys(found.services).join(", ")} in ${environment}, found "${service}"`);
	return {
		environment: found,
		service: ofService
	};
}
async function readAnalysisInterval({ environment, service }, root = workspace()) {
	try {
		return findService(await readDesiredState(root), environment, service).service.analysis.interval;
	} catch (error) {
		if (error instanceof ConfigurationError) return 60;
		throw error;
	}
}
function findProjectService(project, service) {
	const found = project.services[service];
	if (found) return found;
	throw new ConfigurationError(`input "service": expected one of ${Object.keys(project.services).join(", ")}, found "${service}"`);
}
// src/runner/inputs.ts
function readInputs(schema, env = process.env) {
	const given = {};
	for (const name of Object.keys(schema.shape)) {
		const text = env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`]?.trim();
		if (text == null || text === "") continue;
		if (/(^|-)(token|secret|password)$/.test(name)) setSecret(text);
		given[name] = text;
	}
	const result = schema.safeParse(given);
	if (result.success) return result.data;
	throw new ConfigurationError(result.error.issues.map((issue) => ({
		message: `input "${issue.path.join(".")}": ${describe$1(issue, given)}`,
		hint: "see the table of inputs in the README of this action"
	})));
}
function describe$1(issue, given) {
	const value = given[String(issue.path[0])];
	return value == null ? "is required and was not given" : `${issue.message}, found ${shorten$1(JSON.stringify(value))}`;
}
function shorten$1(text) {
	return text.length <= 200 ? text : `${text.slice(0, 200)}… (${text.length} characters)`;
}
// src/runner/outputs.ts
function setOutputs(contract, values) {
	for (const name of contract.outputs) setOutput(name, values[name] ?? "");
}
// src/runner/run-action.ts
async function runAction(title, main) {
	try {
		await main();
	} catch (error) {
		process.exitCode = 1;
		if (error instanceof ConfigurationError) await reportProblems(title, error);
		else await reportUnexpected(title, error);
	}
}
function failStep(title, reason) {
	error(reason, { title });
	process.exitCode = 1;
}
async function reportProblems(title, error) {
	for (const problem of error.problems) annotate(title, problem);
	if (error.cause != null) info(describeCauses(error.cause));
	await writeSummary(`### ${title}: to be mended first\n\n${error.problems.map((problem) => `- ${describeProblem(problem)}`).join("\n")}`);
}
function annotate(title, { message, location, hint }) {
	error(hint == null ? message : `${message} (${hint})`, {
		title,
		...location == null ? {} : { file: location.file },
		...location?.line == null ? {} : { startLine: location.line },
		...location?.column == null ? {} : { startColumn: location.column }
	});
}
async function reportUnexpected(title, error$1) {
	const message = error$1 instanceof Error ? error$1.message : String(error$1);
	error(message, { title: `${title}: unexpected error` });
	info(describeCauses(error$1));
	await writeSummary(`### ${title}: unexpected error\n\nNothing was decided: an outage is no verdict.\n\n> ${message}`);
}
function describeCauses(error) {
	const parts = [];
	for (let current = error; current != null && parts.length < 10;) {
		const { stack, $metadata } = current;
		const request = $metadata?.requestId == null ? "" : ` (request ${$metadata.requestId}, attempt ${$metadata.attempts})`;
		parts.push(`${parts.length === 0 ? "" : "caused by: "}${stack ?? inspect(current)}${request}`);
		current = current instanceof Error ? current.cause : void 0;
	}
	return parts.join("\n");
}
// core/src/canonical-json.ts
function canonicalJson(value) {
	if (value === null || typeof value !== "object") return JSON.stringify(value);
	if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
	return `{${Object.entries(value).filter((entry) => entry[1] !== void 0).sort(([a], [b]) => a < b ? -1 : 1).map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}
function sha256OfJson(value) {
	return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
// core/src/image/oci.ts
const mediaTypes = {
	index: "application/vnd.oci.image.index.v1+json",
	manifest: "application/vnd.oci.image.manifest.v1+json",
	config: "application/vnd.oci.image.config.v1+json",
	layer: "application/vnd.oci.image.layer.v1.tar+gzip",
	dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
	dockerManifest: "application/vnd.docker.distribution.manifest.v2+json"
};
function selectPlatform(index, os, architecture) {
	const found = index.manifests.find(({ platform }) => platform?.os === os && platform.architecture === architecture);
	if (found) return found;
	const there = index.manifests.map(({ platform }) => `${platform?.os}/${platform?.architecture}`).join(", ");
	throw new RangeError(`expected a manifest for ${os}/${architecture} in the base image, found ${there || "none"}`);
}
// src/aws/roles.ts
function roleToAssume(given, account, roleName, env = process.env) {
	if (given != null) return given;
	return env["ACTIONS_ID_TOKEN_REQUEST_URL"] ? roleArn(account, roleName) : void 0;
}
function rolesOfJobs(account, environment) {
	return {
		"deploy-role": roleArn(account, names.role.deploy(environment)),
		"rollout-role": roleArn(account, names.role.rollout(environment)),
		"roll-back-role": roleArn(account, names.role.rollBack(environment))
	};
}
// src/registry/registry-client.ts
const backoff = [
	200,
	800,
	3200
];
const manifestTypes = [
	mediaTypes.manifest,
	mediaTypes.index,
	mediaTypes.dockerManifest,
	mediaTypes.dockerList
].join(", ");
function registryClient(host, authorization) {
	const origin = `${isLoopback(host) ? "http" : "https"}://${host}`;
	const tokens = new Map();
	async function send(repository, path, init = {}, expected = [200]) {
		const url = new URL(path, origin);
		for (let attempt = 0;; attempt++) {
			const response = await request(repository, url, init);
			if (response && expected.includes(response.status)) return response;
			if (response?.status === 401 && authorization == null && !tokens.has(repository)) {
				tokens.set(repository, await anonymousToken(response, repository));
				continue;
			}
			const pause = backoff[attempt];
			if (response && response.status < 500 && response.status !== 429 || pause == null) throw new Error(`${init.method ?? "GET"} ${url.href}: expected status ${expected.join(" or ")}, found ${response ? `${response.status} ${(await response.text()).slice(0, 500)}` : "no answer"}`);
			await new Promise((resolve) => setTimeout(resolve, pause * (.5 + Math.random())));
		}
	}
	async function request(repository, url, init) {
		const token = tokens.get(repository);
		const bearer = authorization ?? (token == null ? void 0 : `Bearer ${token}`);
		const headers = {
			...init.headers,
			...bearer == null || url.origin !== origin ? {} : { authorization: bearer }
		};
		const body = init.body?.();
		try {
			return await fetch(url, {
				method: init.method ?? "GET",
				headers,
				...body == null ? {} : {
					body,
					duplex: "half"
				}
			});
		} catch (error) {
			if (isConnectionFailure(error)) return void 0;
			throw error;
		}
	}
	return {
		host,
		async hasBlob(repository, digest) {
			return (await send(repository, `/v2/${repository}/blobs/${digest}`, { method: "HEAD" }, [200, 404])).status === 200;
		},
		readBlob: (repository, digest) => send(repository, `/v2/${repository}/blobs/${digest}`),
		async uploadBlob(repository, { digest, size }, content) {
			if (await this.hasBlob(repository, digest)) return;
			const begun = await send(repository, `/v2/${repository}/blobs/uploads/`, { method: "POST" }, [202]);
			const location = begun.headers.get("location");
			if (location == null) throw new Error(`POST ${begun.url}: expected a location header, found none`);
			const target = new URL(location, begun.url || origin);
			target.searchParams.set("digest", digest);
			await send(repository, target.href, {
				method: "PUT",
				headers: {
					"content-type": "application/octet-stream",
					"content-length": String(size)
				},
				body: () => content instanceof Uint8Array ? content : Readable.toWeb(createReadStream(content.file))
			}, [201]);
		},
		async findManifest(repository, reference) {
			const response = await send(repository, `/v2/${repository}/manifests/${reference}`, {
				method: "HEAD",
				headers: { accept: manifestTypes }
			}, [200, 404]);
			return response.status === 200 ? response.headers.get("docker-content-digest") ?? void 0 : void 0;
		},
		async readManifest(repository, reference) {
			return (await send(repository, `/v2/${repository}/manifests/${reference}`, { headers: { accept: manifestTypes } })).bytes();
		},
		async writeManifest(repository, reference, mediaType, manifest) {
			await send(repository, `/v2/${repository}/manifests/${reference}`, {
				method: "PUT",
				headers: { "content-type": mediaType },
				body: () => manifest
			}, [201]);
		}
	};
}
function isLoopback(host) {
	return /^(?:127(?:\.\d+){3}|localhost|\[::1\])(?::\d+)?$/.test(host);
}
async function anonymousToken(refusal, repository) {
	const challenge = refusal.headers.get("www-authenticate") ?? "";
	const realm = /realm="([^"]+)"/.exec(challenge)?.[1];
	if (!/^bearer /i.test(challenge) || realm == null) throw new Error(`GET ${refusal.url}: expected a registry that can be read, found 401 ${challenge}`);
	const url = new URL(realm);
	const service = /service="([^"]+)"/.exec(challenge)?.[1];
	if (service != null) url.searchParams.set("service", service);
	url.searchParams.set("scope", `repository:${repository}:pull`);
	const response = await fetch(url);
	const answer = await response.json();
	const token = answer.token ?? answer.access_token;
	if (!response.ok || token == null) throw new Error(`GET ${url.href}: expected a token, found ${response.status}`);
	return token;
}
function isConnectionFailure(error) {
	return error instanceof TypeError && error.message === "fetch failed";
}
async function hasFile(file, size) {
	try {
		return (await stat(file)).size === size;
	} catch {
		return false;
	}
}
// src/registry/artifact-registry.ts
function artifactHost({ artifacts }) {
	return artifacts.host ?? imageHost(artifacts.account, artifacts.region);
}
async function artifactRegistry(project, ecr) {
	const { authorizationData } = await ecr.send(new import_dist_cjs$3.GetAuthorizationTokenCommand({}));
	const token = authorizationData?.[0]?.authorizationToken;
	if (token == null) throw new Error("expected an authorization token from ECR, found none");
	setSecret(token);
	setSecret(Buffer.from(token, "base64").toString("utf8").split(":")[1] ?? token);
	return registryClient(artifactHost(project), `Basic ${token}`);
}
async function readImageLabels(registry, repository, digest) {
	const decoder = new TextDecoder();
	const manifest = JSON.parse(decoder.decode(await registry.readManifest(repository, digest)));
	return (await (await registry.readBlob(repository, manifest.config.digest)).json()).config.Labels ?? {};
}
// core/src/stacks/drift.ts
const moved = {
	"AWS::ElasticLoadBalancingV2::ListenerRule": /^\/Actions\/\d+\/ForwardConfig\/TargetGroups\/\d+\/(Weight|TargetGroupArn)$/,
	"AWS::ECS::Service": /^\/TaskDefinition$/
};
function isExpectedDrift({ type, status, properties }) {
	const byDesign = moved[type];
	return byDesign != null && status === "MODIFIED" && properties.length > 0 && properties.every((path) => byDesign.test(path));
}
function describeDrift(stacks, services) {
	return [
		...stacks.filter(({ isMissing }) => isMissing).map(({ stack }) => `${stack.name} in ${stack.region}: git has the stack, and the account has not`),
		...stacks.flatMap(({ stack, resources }) => resources.filter((resource) => !isExpectedDrift(resource)).map(({ logicalId, type, status, properties }) => `${stack.name} in ${stack.region}: ${logicalId} (${type}) is ${status.toLowerCase()}${properties.length > 0 ? `: ${properties.join(", ")}` : ""}`)),
		...services.filter(({ isMoving, running, released }) => !isMoving && running.some((digest) => digest !== released)).map(({ service, region, released, running }) => `${service} in ${region}: git names ${released}, and ${[...new Set(running)].join(", ")} runs`)
	];
}
// core/src/environment/ecs-names.ts
function clusterName({ name, environment }) {
	return environment.adopt?.[environment.regions[0] ?? ""]?.cluster ?? names.cluster(name);
}
function ecsServiceName({ name, environment }, service) {
	return environment.adopt?.[environment.regions[0] ?? ""]?.services[service]?.name ?? names.service(name, service);
}
// core/src/rollout/service-deployment.ts
function revisionIdOf(arnOrDeploymentId) {
	return arnOrDeploymentId.slice(arnOrDeploymentId.lastIndexOf("/") + 1);
}
const finalStatuses = [
	"SUCCESSFUL",
	"STOPPED",
	"ROLLBACK_SUCCESSFUL",
	"ROLLBACK_FAILED"
];
// src/aws/drift.ts
const pollMilliseconds = 5e3;
const limitMilliseconds = 9e5;
async function detectDrift(client, clock, stack) {
	const StackDriftDetectionId = await begin(client, stack);
	if (StackDriftDetectionId == null) return {
		stack,
		resources: [],
		isMissing: true
	};
	const began = clock.now().getTime();
	for (;;) {
		const { DetectionStatus, DetectionStatusReason } = await client.send(new import_dist_cjs.DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
		if (DetectionStatus === "DETECTION_COMPLETE") break;
		if (DetectionStatus !== "DETECTION_IN_PROGRESS") throw new Error(`${stack.name} in ${stack.region}: drift was not detected: ${DetectionStatusReason ?? "no reason given"}`);
		if (clock.now().getTime() - began > limitMilliseconds) throw new Error(`${stack.name} in ${stack.region}: expected drift detection within 15 minutes, found it in progress`);
		await clock.sleep(pollMilliseconds);
	}
	const resources = [];
	let NextToken;
	do {
		const page = await client.send(new import_dist_cjs.DescribeStackResourceDriftsCommand({
			StackName: stack.name,
			StackResourceDriftStatusFilters: ["MODIFIED", "DELETED"],
			NextToken
		}));
		resources.push(...(page.StackResourceDrifts ?? []).map(toDrift));
		NextToken = page.NextToken;
	} while (NextToken != null);
	return {
		stack,
		resources
	};
}
async function begin(client, { name, region }) {
	try {
		const { StackDriftDetectionId } = await client.send(new import_dist_cjs.DetectStackDriftCommand({ StackName: name }));
		if (StackDriftDetectionId == null) throw new Error(`${name} in ${region}: expected the id of a drift detection`);
		return StackDriftDetectionId;
	} catch (error) {
		if (error instanceof Error && error.name === "ValidationError" && /does not exist/.test(error.message)) return void 0;
		throw error;
	}
}
const toDrift = (drift) => ({
	logicalId: drift.LogicalResourceId ?? "",
	type: drift.ResourceType ?? "",
	status: drift.StackResourceDriftStatus ?? "",
	properties: (drift.PropertyDifferences ?? []).map(({ PropertyPath }) => PropertyPath ?? "")
});
// core/src/stacks/stack.ts
const goldenStackSchema = strictObject({
	id: string(),
	environment: string(),
	part: string(),
	account: string(),
	region: string(),
	name: string(),
	file: string(),
	needs: array(string())
});
const goldenStacksSchema = array(goldenStackSchema);
function inOrder(stacks) {
	const known = new Set(stacks.map(({ id }) => id));
	const done = new Set();
	const result = [];
	while (result.length < stacks.length) {
		const next = stacks.filter(({ id, needs }) => !done.has(id) && needs.every((need) => done.has(need) || !known.has(need)));
		if (next.length === 0) throw new Error("expected stacks in waves, found some that wait for each other");
		for (const stack of next) {
			done.add(stack.id);
			result.push(stack);
		}
	}
	return result;
}
// src/aws/golden.ts
async function readGolden(root, environment) {
	const folder = join(root, "infra/golden");
	const text = await readFile(join(folder, "stacks.json"), "utf8").catch((error) => {
		throw new ConfigurationError([{
			message: "expected infra/golden/stacks.json, found none",
			hint: "check out the repository before this step; npm run generate writes it"
		}], { cause: error });
	});
	const stacks = goldenStacksSchema.parse(JSON.parse(text)).filter((stack) => stack.environment === environment);
	const templates = await Promise.all(stacks.map(async ({ file }) => {
		const template = JSON.parse(await readFile(join(folder, file), "utf8"));
		return [file, JSON.stringify(template)];
	}));
	return {
		stacks,
		templates: new Map(templates)
	};
}
// src/aws/check-drift.ts
const monthMilliseconds = 2592e6;
async function checkDrift(environment, { root, role }, clock) {
	const { stacks } = await readGolden(root, environment.name);
	return {
		stacks: await readStackDrift(stacks, role, clock),
		services: await readServiceDrift(environment, role, clock)
	};
}
async function checkSharedDrift({ artifacts }, { root, role }, clock) {
	const { stacks } = await readGolden(root, shared);
	return {
		stacks: await readStackDrift(watchedShared(stacks, artifacts.account), role, clock),
		services: []
	};
}
async function readStackDrift(stacks, role, clock) {
	const found = [];
	for (const stack of stacks) {
		const client = new import_dist_cjs.CloudFormationClient(clientConfiguration({
			region: stack.region,
			role
		}, process.env));
		found.push(await detectDrift(client, clock, stack));
	}
	return found;
}
async function readServiceDrift(environment, role, clock) {
	const services = [];
	for (const region of environment.environment.regions) {
		const { ecs } = awsClients({
			region,
			role
		});
		const cluster = clusterName(environment);
		for (const [service, { release }] of Object.entries(environment.services)) {
			const ecsService = ecsServiceName(environment, service);
			const since = new Date(clock.now().getTime() - monthMilliseconds);
			const deployments = await serviceDeployments(ecs).list(cluster, ecsService, since);
			const running = (await listServiceTasks(ecs, cluster, ecsService, "RUNNING")).flatMap(({ containers }) => containers?.filter(({ name }) => name === names.container(service)) ?? []).map(({ imageDigest }) => imageDigest).filter((digest) => digest != null);
			const isMoving = deployments.some(({ status }) => !finalStatuses.includes(status));
			services.push({
				service,
				region,
				released: release.image.digest,
				running,
				isMoving
			});
		}
	}
	return services;
}
// src/github/clients.ts
const doNotRetry = [
	400,
	401,
	403,
	404,
	405,
	409,
	410,
	422,
	451
];
function gitHub(token, env = process.env) {
	const baseUrl = env["GITHUB_API_URL"] ?? "https://api.github.com";
	return {
		octokit: getOctokit(token, {
			baseUrl,
			retry: { doNotRetry }
		}, retry),
		...context.repo
	};
}
function currentRun(env = process.env) {
	const id = Number(env["GITHUB_RUN_ID"]);
	if (!Number.isInteger(id) || id <= 0) throw new ConfigurationError("expected to run in a workflow (GITHUB_RUN_ID), found none");
	const server = env["GITHUB_SERVER_URL"] ?? "https://github.com";
	return {
		id,
		attempt: Number(env["GITHUB_RUN_ATTEMPT"] ?? "1"),
		url: `${server}/${env["GITHUB_REPOSITORY"]}/actions/runs/${id}`
	};
}
function isStatus(error, ...statuses) {
	return error instanceof Error && "status" in error && statuses.includes(error.status);
}
// core/src/promotion/order.ts
function nextEnvironments(state, environment) {
	return Object.values(state.environments).filter((candidate) => candidate.environment.promotion.from === environment).map(({ name }) => name);
}
function firstEnvironment(state) {
	const first = Object.values(state.environments).filter(({ environment }) => environment.promotion.from == null);
	const [only, ...others] = first.map(({ name }) => name);
	if (only != null && others.length === 0) return only;
	throw new ConfigurationError([{
		message: `expected exactly one environment without promotion.from, found ${first.length === 0 ? "none" : [only, ...others].join(", ")}`,
		hint: "a release enters one environment first; every other names the one it follows"
	}]);
}
// src/github/decisions.ts
const longestDescription = 140;
function contextOf(environment, service) {
	return `findings/${environment}/${service}`;
}
async function recordDecisions({ octokit, owner, repo }, release, service, decisions, url) {
	for (const { name, outcome, reason } of decisions) await octokit.rest.repos.createCommitStatus({
		owner,
		repo,
		sha: release.commit,
		context: contextOf(name, service),
		state: outcome === "pass" ? "success" : "failure",
		description: `${shortDigest(release.digest)} ${outcome}: ${reason}`.slice(0, longestDescription),
		target_url: url
	});
}
async function findDecision({ octokit, owner, repo }, release, place) {
	const { data } = await octokit.rest.repos.listCommitStatusesForRef({
		owner,
		repo,
		ref: release.commit,
		per_page: 100
	});
	const context = contextOf(place.environment, place.service);
	const status = data.find((candidate) => candidate.context === context && candidate.description?.startsWith(shortDigest(release.digest)));
	if (!status) return void 0;
	const at = new Date(status.created_at).toISOString();
	const reason = (status.description ?? "").slice(shortDigest(release.digest).length + 1).replace(/^\w+: /, "");
	return {
		gate: "findings",
		outcome: status.state === "success" ? "pass" : "fail",
		reason,
		figures: {},
		startedAt: at,
		finishedAt: at
	};
}
function shortDigest(digest) {
	return digest.slice(0, 19);
}
// core/src/findings/finding.ts
const severities = [
	"low",
	"medium",
	"high",
	"critical"
];
const scannerNames = [
	"npm-audit",
	"secretlint",
	"ecr",
	"snyk",
	"sonar"
];
const findingSchema = strictObject({
	scanner: _enum(scannerNames),
	id: string(),
	aliases: array(string()).default([]),
	title: string(),
	severity: _enum(severities),
	package: strictObject({
		name: string(),
		version: string()
	}).optional(),
	location: strictObject({
		file: string(),
		line: int().positive().optional()
	}).optional(),
	fixedIn: string().optional(),
	url: string().optional()
});
const scanReportSchema = strictObject({
	scanner: _enum(scannerNames),
	status: _enum([
		"ran",
		"not-run",
		"failed"
	]),
	detail: string(),
	examined: int().min(0),
	findings: array(findingSchema),
	scannedAt: datetime()
});
function isAtLeast(severity, threshold) {
	return severities.indexOf(severity) >= severities.indexOf(threshold);
}
function dedupeFindings(findings) {
	const merged = [];
	for (const finding of findings) {
		const index = merged.findIndex((other) => isSame(other, finding));
		const other = merged[index];
		if (!other) merged.push(finding);
		else merged[index] = merge(other, finding);
	}
	return merged;
}
function isSame(a, b) {
	const place = ({ package: of, location }) => of ? `${of.name}@${of.version}` : `${location?.file}:${location?.line}`;
	const ids = new Set([a.id, ...a.aliases]);
	return place(a) === place(b) && [b.id, ...b.aliases].some((id) => ids.has(id));
}
function merge(a, b) {
	const worse = severities.indexOf(b.severity) > severities.indexOf(a.severity) ? b : a;
	const aliases = new Set([
		...a.aliases,
		b.id,
		...b.aliases
	]);
	aliases.delete(a.id);
	const fixedIn = a.fixedIn ?? b.fixedIn;
	return {
		...a,
		severity: worse.severity,
		aliases: [...aliases].sort(),
		...fixedIn == null ? {} : { fixedIn }
	};
}
// core/src/environment/pull-host.ts
function pullHost({ artifacts }, environment, region) {
	return environment.imageHost ?? imageHost(artifacts.account, region);
}
// core/src/rollout/hold.ts
const holdSchema = strictObject({
	digest: string().regex(/^sha256:[0-9a-f]{64}$/),
	reason: string(),
	at: datetime(),
	serviceDeploymentArn: string()
});
// core/src/task-skeleton.ts
const variables = record(string().regex(/^[A-Z][A-Z0-9_]*$/, "expected UPPER_SNAKE_CASE"), string());
const taskSkeletonSchema = strictObject({
	version: literal(1),
	family: string(),
	executionRoleArn: string(),
	taskRoleArn: string(),
	containerName: string(),
	containerPort: int().positive().optional(),
	portName: string().optional(),
	logGroup: string(),
	region: string(),
	user: string().optional(),
	readonlyRootFilesystem: boolean().default(true),
	stopTimeoutSeconds: int().min(1).max(120).default(30),
	environment: variables.optional(),
	secrets: variables.optional(),
	sideCarEnvironment: variables.optional(),
	sideCars: array(record(string(), json$1())).default([]),
	network: strictObject({
		subnets: array(string()),
		securityGroups: array(string())
	}),
	loadBalancing: strictObject({
		targetGroupArn: string(),
		alternateTargetGroupArn: string(),
		productionListenerRule: string(),
		testListenerRule: string(),
		roleArn: string()
	}).optional()
});
// src/aws/parameters.ts
async function readTaskSkeleton(ssm, environment, service) {
	const name = names.taskSkeletonParameter(environment, service);
	const text = await readParameter(ssm, name);
	if (text == null) {
		const hint = `deploy the stack ${names.stack(environment, service)} first`;
		throw new ConfigurationError([{
			message: `expected the SSM parameter ${name}, found none`,
			hint
		}]);
	}
	const result = taskSkeletonSchema.safeParse(parseJson$1(name, text));
	if (result.success) return result.data;
	throw new ConfigurationError([{
		message: `the SSM parameter ${name} is no task skeleton: ${prettifyError(result.error)}`,
		hint: "infra and actions must come from the same commit: deploy infra, then run this again"
	}]);
}
function holds(ssm) {
	return {
		async read(environment, service) {
			const name = names.holdParameter(environment, service);
			const text = await readParameter(ssm, name);
			return text == null ? void 0 : holdSchema.parse(parseJson$1(name, text));
		},
		async write(environment, service, hold) {
			const Value = JSON.stringify({
				...hold,
				reason: hold.reason.slice(0, 2e3)
			});
			await ssm.send(new import_dist_cjs$4.PutParameterCommand({
				Name: names.holdParameter(environment, service),
				Value,
				Type: "String",
				Overwrite: true
			}));
		}
	};
}
async function readParameter(ssm, Name) {
	try {
		const { Parameter } = await ssm.send(new import_dist_cjs$4.GetParameterCommand({ Name }));
		return Parameter?.Value;
	} catch (error) {
		if (error instanceof Error && error.name === "ParameterNotFound") return void 0;
		throw error;
	}
}
function parseJson$1(name, text) {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new ConfigurationError(`expected JSON in the SSM parameter ${name}, found "${text.slice(0, 40)}"`, { cause: error });
	}
}
// src/aws/task-definitions.ts
function taskDefinitions(ecs) {
	const read = async (taskDefinition) => {
		const { taskDefinition: found, tags } = await ecs.send(new import_dist_cjs$7.DescribeTaskDefinitionCommand({
			taskDefinition,
			include: ["TAGS"]
		}));
		if (found?.taskDefinitionArn == null) throw new Error(`ECS described ${taskDefinition} without an ARN`);
		return {
			arn: found.taskDefinitionArn,
			tags: Object.fromEntries((tags ?? []).map(({ key = "", value = "" }) => [key, value]))
		};
	};
	return {
		read,
		async newest(family) {
			try {
				return await read(family);
			} catch (error) {
				if (error instanceof Error && error.name === "ClientException" && /unable to describe/i.test(error.message)) return void 0;
				throw error;
			}
		},
		async register(input) {
			const { taskDefinition } = await ecs.send(new import_dist_cjs$7.RegisterTaskDefinitionCommand(input));
			if (taskDefinition?.taskDefinitionArn == null) throw new Error(`ECS registered ${input.family} without an ARN`);
			return taskDefinition.taskDefinitionArn;
		},
		async deregister(arn) {
			const { taskDefinition } = await ecs.send(new import_dist_cjs$7.DescribeTaskDefinitionCommand({ taskDefinition: arn }));
			if (taskDefinition?.status === "ACTIVE") await ecs.send(new import_dist_cjs$7.DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
		}
	};
}
// src/aws/stacks.ts
function cloudFormationStacks(clientOf, roleArn) {
	const of = ({ region }) => clientOf(region);
	return {
		read: (stack) => readStack(of(stack), stack.name),
		async prepare({ stack, changeSet, template, templateUrl, parameters, before }) {
			const declared = Object.keys(JSON.parse(template).Parameters ?? {});
			const isNew = before == null || before.status === "REVIEW_IN_PROGRESS";
			try {
				await of(stack).send(new import_dist_cjs.CreateChangeSetCommand({
					StackName: stack.name,
					ChangeSetName: changeSet,
					ChangeSetType: isNew ? "CREATE" : "UPDATE",
					...templateUrl == null ? { TemplateBody: template } : { TemplateURL: templateUrl },
					Capabilities: ["CAPABILITY_NAMED_IAM"],
					RoleARN: roleArn(stack),
					Parameters: declared.flatMap((name) => {
						if (!isNew && before.parameters.includes(name)) return [{
							ParameterKey: name,
							UsePreviousValue: true
						}];
						const value = parameters[name];
						return value == null ? [] : [{
							ParameterKey: name,
							ParameterValue: value
						}];
					})
				}));
			} catch (error) {
				if (error instanceof Error && error.name === "AlreadyExistsException") return;
				throw error;
			}
		},
		async describe(stack, ChangeSetName) {
			let view;
			let NextToken;
			do {
				const page = await of(stack).send(new import_dist_cjs.DescribeChangeSetCommand({
					StackName: stack.name,
					ChangeSetName,
					NextToken
				}));
				view = {
					...toChangeSet(page),
					changes: [...view?.changes ?? [], ...toChanges(page)]
				};
				NextToken = page.NextToken;
			} while (NextToken != null);
			return view;
		},
		async execute(stack, ChangeSetName) {
			await of(stack).send(new import_dist_cjs.ExecuteChangeSetCommand({
				StackName: stack.name,
				ChangeSetName,
				ClientRequestToken: ChangeSetName
			}));
		},
		async discard(stack, ChangeSetName) {
			await of(stack).send(new import_dist_cjs.DeleteChangeSetCommand({
				StackName: stack.name,
				ChangeSetName
			}));
		}
	};
}
async function readStack(client, StackName) {
	try {
		const { Stacks: found } = await client.send(new import_dist_cjs.DescribeStacksCommand({ StackName }));
		const [first] = found ?? [];
		return first && {
			status: first.StackStatus ?? "",
			reason: first.StackStatusReason ?? "no reason given",
			parameters: (first.Parameters ?? []).map(({ ParameterKey = "" }) => ParameterKey)
		};
	} catch (error) {
		if (error instanceof Error && error.name === "ValidationError" && /does not exist/.test(error.message)) return;
		throw error;
	}
}
function toChangeSet({ Status, StatusReason = "" }) {
	const reason = StatusReason === "" ? Status ?? "no status" : StatusReason;
	if (Status === "CREATE_COMPLETE") return {
		status: "ready",
		reason
	};
	if (Status === "CREATE_PENDING" || Status === "CREATE_IN_PROGRESS") return {
		status: "pending",
		reason
	};
	return {
		status: /didn't contain changes|No updates are to be performed/.test(StatusReason) ? "empty" : "failed",
		reason
	};
}
function toChanges({ Changes = [] }) {
	return Changes.flatMap(({ ResourceChange }) => ResourceChange ? [{
		logicalId: ResourceChange.LogicalResourceId ?? "",
		type: ResourceChange.ResourceType ?? "",
		action: ResourceChange.Action ?? "",
		replacement: ResourceChange.Replacement ?? "False"
	}] : []);
}
// core/src/evidence/person.ts
const personSchema = strictObject({
	login: string().optional(),
	name: string(),
	email: string()
});
const changeCommitSchema = strictObject({
	sha: string(),
	subject: string(),
	people: array(personSchema)
});
function coAuthors(message) {
	return [...message.matchAll(/^co-authored-by:\s*(.+?)\s*<([^<>\s]+)>\s*$/gim)].map(([, name = "", email = ""]) => withLogin({
		name,
		email
	}));
}
function withLogin(person) {
	const login = person.login ?? /^(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com$/i.exec(person.email)?.[1];
	return login == null ? person : {
		...person,
		login
	};
}
function isPerson(login, person) {
	const wanted = login.toLowerCase();
	if (person.login != null) return person.login.toLowerCase() === wanted;
	return person.name.toLowerCase() === wanted || person.email.split("@")[0]?.toLowerCase() === wanted;
}
// core/src/evidence/risk.ts
const riskLevels = [
	"low",
	"medium",
	"high"
];
const tellingFiles = [
	[
		/(^|\/)migrations?\//,
		"high",
		"database migrations change"
	],
	[
		/^infra\//,
		"medium",
		"infrastructure changes"
	],
	[
		/(^|\/)(auth|tokens?|permissions?)[^/]*(\/|\.ts$)/,
		"medium",
		"authentication or permissions change"
	],
	[
		/(^|\/)package-lock\.json$/,
		"medium",
		"dependencies change"
	],
	[
		/(^|\/)Dockerfile$/,
		"medium",
		"the image changes"
	]
];
const manyCommits = 20;
const mostFiles = 300;
function assessRisk(facts) {
	const found = [];
	if (facts.heldReason != null) found.push(["high", facts.heldReason]);
	if (facts.migration === "contract") found.push(["high", "a contract migration: nothing rolls back past it"]);
	if (!facts.commitsComplete) found.push(["high", "the commits of the change could not all be listed"]);
	for (const [pattern, level, what] of tellingFiles) {
		const files = facts.changedFiles.filter((file) => pattern.test(file));
		if (files.length > 0) found.push([level, `${what} (${files.length} file${files.length === 1 ? "" : "s"})`]);
	}
	if (facts.changedFiles.length >= mostFiles) found.push(["medium", `${mostFiles} files or more change`]);
	const settings = facts.taskDefinitionChanges.filter(({ path }) => !/(\.image|SLUICE_RELEASE_\w+(\.value)?)$/.test(path));
	if (settings.some(({ path }) => /roleArn$/i.test(path))) found.push(["high", "the roles of the task change"]);
	if (settings.length > 0) found.push(["medium", `${settings.length} setting(s) of the task definition change`]);
	if (facts.commits > manyCommits) found.push(["medium", `${facts.commits} commits at once`]);
	if (facts.isBackwards) found.push(["medium", "it goes back to an earlier release"]);
	if (facts.isFirst) found.push(["medium", "nothing runs here that it could be compared with"]);
	if (facts.strategy === "ROLLING") found.push(["low", "ROLLING has no test listener: the first traffic is real"]);
	const level = riskLevels.findLast((candidate) => found.some(([of]) => of === candidate)) ?? "low";
	const reasons = found.toSorted(([a], [b]) => riskLevels.indexOf(b) - riskLevels.indexOf(a)).map(([, reason]) => reason);
	return {
		level,
		reasons: reasons.length > 0 ? reasons : ["a small change of code alone"]
	};
}
// core/src/evidence/bundle.ts
const releaseText = strictObject({
	image: string(),
	commit: string(),
	version: string()
});
const json = json$1();
const runSchema = strictObject({
	environment: string(),
	deploymentId: int(),
	outcome: _enum([
		"pass",
		"fail",
		"inconclusive"
	]),
	finishedAt: datetime(),
	gates: array(gateResultSchema)
});
const evidenceBundleSchema = strictObject({
	version: literal(1),
	environment: string(),
	service: string(),
	from: releaseText.optional(),
	to: releaseText,
	strategy: string(),
	regions: array(string()).min(1),
	rollout: json,
	taskDefinition: strictObject({
		running: string().optional(),
		changes: array(strictObject({
			path: string(),
			from: json.optional(),
			to: json.optional()
		}))
	}),
	change: strictObject({
		commits: array(changeCommitSchema),
		complete: boolean(),
		files: array(string())
	}),
	configuration: strictObject({
		since: string().optional(),
		commits: array(changeCommitSchema),
		complete: boolean()
	}).optional(),
	gates: array(gateResultSchema),
	runs: array(runSchema),
	risk: strictObject({
		level: _enum(riskLevels),
		reasons: array(string())
	}),
	promotion: strictObject({
		from: string().optional(),
		approvals: int(),
		approvalTtlSeconds: int(),
		soakSeconds: int(),
		pullRequest: int().optional()
	}),
	reason: string().optional(),
	createdAt: datetime()
});
function bundleSha256(bundle) {
	return sha256OfJson(bundle);
}
function releaseAsText(release) {
	return {
		...release,
		image: formatImageReference(release.image)
	};
}
// src/github/deployments.ts
const payloadSchema = object({
	version: literal(1),
	service: string(),
	release: object({
		image: string(),
		commit: string(),
		version: string()
	}),
	outcome: _enum(verdictOutcomes),
	reason: string(),
	strategy: string(),
	bundleSha256: string(),
	gates: array(gateResultSchema),
	startedAt: datetime(),
	finishedAt: datetime(),
	configuration: string().optional()
});
const taskOf = (service) => `deploy:${service}`;
async function listDeployments({ octokit, owner, repo }, environment, service) {
	const { data } = await octokit.rest.repos.listDeployments({
		owner,
		repo,
		environment,
		task: taskOf(service),
		per_page: 100
	});
	return data.flatMap(({ id, payload }) => {
		const parsed = payloadSchema.safeParse(typeof payload === "string" ? parseJson(payload) : payload);
		return parsed.success ? [{
			...parsed.data,
			id,
			environment
		}] : [];
	});
}
async function recordDeployment(github, environment, payload, urls) {
	const { octokit, owner, repo } = github;
	const id = (await listDeployments(github, environment, payload.service)).find(({ startedAt, bundleSha256 }) => startedAt === payload.startedAt && bundleSha256 === payload.bundleSha256)?.id ?? await create(github, environment, payload);
	await octokit.rest.repos.createDeploymentStatus({
		owner,
		repo,
		deployment_id: id,
		state: payload.outcome === "pass" ? "success" : "failure",
		description: `${payload.outcome}: ${payload.reason}`.slice(0, 140),
		log_url: urls.log,
		...urls.environment == null ? {} : { environment_url: urls.environment },
		auto_inactive: payload.outcome === "pass"
	});
	return id;
}
async function create({ octokit, owner, repo }, environment, payload) {
	const { data } = await octokit.rest.repos.createDeployment({
		owner,
		repo,
		ref: payload.release.commit,
		task: taskOf(payload.service),
		environment,
		description: `${payload.service} ${payload.release.version}`.slice(0, 140),
		payload,
		auto_merge: false,
		required_contexts: []
	});
	if (!("id" in data)) throw new Error(`expected a deployment of ${payload.release.commit}, found: ${data.message}`);
	return data.id;
}
function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
// src/promotion/describe-promotion.ts
function describePromotion(request, opened, merged) {
	const what = `${request.service} ${request.release.version} in ${request.environment}`;
	if (opened.mode === "none") return `### Nothing to promote\n\nmain says ${what} already.`;
	const link = `[#${opened.pull.number}](${opened.pull.url})`;
	if (merged) return `### Promoted\n\n${link} was merged: ${what}.`;
	return `### Promotion opened\n\n${link} waits for people: ${what}. ${opened.why}.`;
}
function describeOpenPromotions(promotions) {
	if (promotions.length === 0) return "### Open promotions\n\nNone waits for a merge by itself.";
	return `### Open promotions\n\n${markdownTable([
		"pull request",
		"what",
		"may be merged"
	], promotions.map(({ pull, environment, service, release, reasons }) => [
		`#${pull}`,
		`${service} ${release?.version ?? ""} to ${environment}`,
		reasons.length === 0 ? "now" : reasons.join("; ")
	]))}`;
}
// core/src/promotion/branch.ts
function promotionBranch(environment, service, release) {
	return `${promotionBranchPrefix(environment, service)}${release.image.digest.slice(7, 19)}`;
}
function promotionBranchPrefix(environment, service) {
	return `promotion/${environment}/${service}/`;
}
function readPromotionBranch(branch) {
	const [, environment, service] = /^promotion\/([^/]+)\/([^/]+)\/[0-9a-f]{12}$/.exec(branch) ?? [];
	return environment == null || service == null ? void 0 : {
		environment,
		service
	};
}
// core/src/promotion/eligibility.ts
function decideEligibility(facts) {
	const lasting = [];
	const passing = [];
	const { bundle } = facts;
	for (const name of requiredGates(bundle)) {
		const gate = bundle.gates.findLast((candidate) => candidate.gate === name);
		if (!gate) lasting.push(`the gate "${name}" has no result for ${bundle.to.image}`);
		else if (gate.outcome !== "pass") lasting.push(`the gate "${name}" says ${gate.outcome}: ${gate.reason}`);
	}
	const { from, soakSeconds } = bundle.promotion;
	if (from != null) {
		const run = bundle.runs.find(({ environment }) => environment === from);
		if (!run) lasting.push(`it has not run in ${from} yet`);
		else if (run.outcome !== "pass") lasting.push(`it did not pass in ${from}: ${run.outcome} (deployment ${run.deploymentId})`);
		else {
			const soaked = Date.parse(run.finishedAt) + soakSeconds * 1e3;
			const left = (soaked - facts.now.getTime()) / 1e3;
			if (left > 0) passing.push(`it has to run in ${from} for ${describeDuration(soakSeconds)}, until ${new Date(soaked).toISOString()} (${describeDuration(left)} more)`);
		}
	}
	const held = describeHold(bundle);
	if (held != null && bundle.reason == null) lasting.push(held);
	if (facts.freeze) passing.push(`${facts.freeze.reason}${facts.freeze.until == null ? "" : `, until ${facts.freeze.until}`}`);
	const reasons = [...lasting, ...passing];
	return {
		eligible: reasons.length === 0,
		reasons,
		onlyTime: lasting.length === 0
	};
}
function describeHold({ environment, runs }) {
	const last = runs.find((run) => run.environment === environment);
	if (!last || last.outcome === "pass") return void 0;
	return `it is held in ${environment}: deployment ${last.deploymentId} ended with ${last.outcome}; promote it by hand with a reason to try again`;
}
function requiredGates({ environment, runs, reason }) {
	return runs.find((run) => run.environment === environment)?.outcome === "pass" && reason != null ? [] : ["findings"];
}
// core/src/promotion/freeze.ts
const minute = 6e4;
const horizonMinutes = 20160;
function findFreeze(policy, environment, at) {
	const windows = policy.windows.filter(({ environments }) => environments.includes(environment));
	const frozen = freezing(windows, at);
	if (!frozen) return void 0;
	const start = Math.floor(at.getTime() / minute) * minute;
	for (let count = 1; count <= horizonMinutes; count++) {
		const then = new Date(start + count * minute);
		if (!freezing(windows, then)) return {
			...frozen,
			until: then.toISOString()
		};
	}
	return frozen;
}
function freezeOf(state, environment, at) {
	const file = state.environments[environment]?.environment.promotion.freeze;
	const policy = file == null ? void 0 : state.freezes[file];
	return policy && findFreeze(policy, environment, at);
}
function freezing(windows, at) {
	const denied = windows.find((window) => window.effect === "deny" && isInside(window, at));
	if (denied) return {
		window: denied.name,
		reason: `the freeze window "${denied.name}" is on (${describe(denied)})`
	};
	const allows = windows.filter(({ effect }) => effect === "allow");
	if (allows.length === 0 || allows.some((window) => isInside(window, at))) return void 0;
	const names = allows.map((window) => `"${window.name}" (${describe(window)})`).join(", ");
	return {
		window: allows[0]?.name ?? "",
		reason: `outside of the windows in which promotions are allowed: ${names}`
	};
}
const dayNames = [
	"sun",
	"mon",
	"tue",
	"wed",
	"thu",
	"fri",
	"sat"
];
function isInside(window, at) {
	const local = localTime(at, window.timeZone);
	if (window.from.includes("T")) return hasCome(window.from, at, local.dateTime) && !hasCome(window.to, at, local.dateTime);
	const from = minutesOfDay(window.from);
	const to = minutesOfDay(window.to);
	const onDay = (day) => window.days == null || window.days.includes(dayNames[(day + 7) % 7] ?? "sun");
	if (from < to) return onDay(local.day) && local.minutes >= from && local.minutes < to;
	return onDay(local.day) && local.minutes >= from || onDay(local.day - 1) && local.minutes < to;
}
function hasCome(written, at, localDateTime) {
	if (/(?:Z|[+-]\d\d:\d\d)$/.test(written)) return Date.parse(written) <= at.getTime();
	return written.slice(0, 16) <= localDateTime;
}
function minutesOfDay(text) {
	const [hours = "0", minutes = "0"] = text.split(":");
	return Number(hours) * 60 + Number(minutes);
}
const formats = new Map();
function localTime(at, timeZone) {
	let format = formats.get(timeZone);
	if (!format) {
		format = new Intl.DateTimeFormat("en-GB", {
			timeZone,
			hourCycle: "h23",
			weekday: "short",
			year: "numeric",
			month: "2-digit",
			day: "2-digit",
			hour: "2-digit",
			minute: "2-digit"
		});
		formats.set(timeZone, format);
	}
	const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
	return {
		day: dayNames.indexOf((part["weekday"] ?? "").toLowerCase()),
		minutes: Number(part["hour"]) * 60 + Number(part["minute"]),
		dateTime: `${part["year"]}-${part["month"]}-${part["day"]}T${part["hour"]}:${part["minute"]}`
	};
}
function describe({ days, from, to, timeZone }) {
	return `${days == null ? "" : `${days.join(", ")} `}${from} to ${to} ${timeZone}`;
}
// core/src/promotion/release-lines.ts
function withRelease(text, release, path) {
	const map = (0, import_dist.parseDocument)(text).get("release", true);
	const values = {
		image: formatImageReference(release.image),
		commit: JSON.stringify(release.commit),
		version: release.version
	};
	return Object.entries(values).map(([key, value]) => {
		const node = (0, import_dist.isMap)(map) ? map.get(key, true) : void 0;
		if (!(0, import_dist.isScalar)(node) || !node.range) throw new ConfigurationError([{
			message: `expected release.${key}, found none`,
			location: { file: path },
			hint: "add the line; any value will do"
		}]);
		return {
			start: node.range[0],
			end: node.range[1],
			value
		};
	}).sort((a, b) => b.start - a.start).reduce((edited, { start, end, value }) => edited.slice(0, start) + value + edited.slice(end), text);
}
function readRelease(text, path) {
	const document = (0, import_dist.parseDocument)(text);
	const lines = document.get("release", true);
	const parsed = releaseSchema.safeParse(document.errors.length === 0 && (0, import_dist.isMap)(lines) ? lines.toJSON() : void 0);
	if (parsed.success) return parsed.data;
	const [syntax] = document.errors;
	throw new ConfigurationError([{
		message: `expected a release, found ${syntax?.message ?? prettifyError(parsed.error)}`,
		location: { file: path }
	}]);
}
// src/github/promotions.ts
const longestBody = 65e3;
async function proposeChange(github, change) {
	const { octokit, owner, repo } = github;
	const { data: ref } = await octokit.rest.git.getRef({
		owner,
		repo,
		ref: "heads/main"
	});
	const file = await readFile$1(github, change.path, ref.object.sha);
	const text = change.edit(file.text);
	if (text === file.text) return void 0;
	const headSha = await putBranch(github, change, ref.object.sha, file.sha, text);
	const open = (await listOpenPulls(github)).filter(({ branch }) => branch.startsWith(change.branchPrefix));
	const mine = open.find(({ branch }) => branch === change.branch);
	const body = change.body.slice(0, longestBody);
	const { data: pull } = mine ? await octokit.rest.pulls.update({
		owner,
		repo,
		pull_number: mine.number,
		title: change.title,
		body
	}) : await octokit.rest.pulls.create({
		owner,
		repo,
		head: change.branch,
		base: "main",
		title: change.title,
		body
	});
	for (const older of open.filter(({ branch }) => branch !== change.branch)) await octokit.rest.pulls.update({
		owner,
		repo,
		pull_number: older.number,
		state: "closed"
	});
	return {
		number: pull.number,
		url: pull.html_url,
		headSha
	};
}
async function readFile$1({ octokit, owner, repo }, path, ref) {
	const { data } = await octokit.rest.repos.getContent({
		owner,
		repo,
		path,
		ref
	});
	if (Array.isArray(data) || data.type !== "file") throw new ConfigurationError(`expected a file at ${path} on main`);
	return {
		text: Buffer.from(data.content, "base64").toString("utf8"),
		sha: data.sha
	};
}
async function putBranch(github, change, mainSha, fileSha, text) {
	const { octokit, owner, repo } = github;
	const ref = `heads/${change.branch}`;
	try {
		await octokit.rest.git.createRef({
			owner,
			repo,
			ref: `refs/${ref}`,
			sha: mainSha
		});
	} catch (error) {
		if (!isStatus(error, 422)) throw error;
		const { data } = await octokit.rest.git.getRef({
			owner,
			repo,
			ref
		});
		if (await changesJustThis(github, mainSha, data.object.sha, change.path, text)) return data.object.sha;
		await octokit.rest.git.updateRef({
			owner,
			repo,
			ref,
			sha: mainSha,
			force: true
		});
	}
	const { data } = await octokit.rest.repos.createOrUpdateFileContents({
		owner,
		repo,
		path: change.path,
		branch: change.branch,
		message: change.title,
		content: Buffer.from(text).toString("base64"),
		sha: fileSha
	});
	if (data.commit.sha == null) throw new Error(`GitHub named no commit for ${change.path} on ${change.branch}`);
	return data.commit.sha;
}
async function changesJustThis(github, mainSha, headSha, path, text) {
	const { octokit, owner, repo } = github;
	const basehead = `${mainSha}...${headSha}`;
	const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
		owner,
		repo,
		basehead
	});
	return data.files?.length === 1 && data.files[0]?.filename === path && (await readFile$1(github, path, headSha)).text === text;
}
async function listOpenPulls({ octokit, owner, repo }) {
	const pulls = await octokit.paginate(octokit.rest.pulls.list, {
		owner,
		repo,
		state: "open",
		base: "main",
		direction: "asc",
		per_page: 100
	});
	const own = `${owner}/${repo}`.toLowerCase();
	return pulls.filter(({ head }) => head.repo?.full_name.toLowerCase() === own).map(({ number, head }) => ({
		number,
		branch: head.ref,
		headSha: head.sha
	}));
}
// src/promotion/release-facts.ts
async function readReleaseFacts(github, state, candidate) {
	const { environment, service, release } = candidate;
	const { promotion } = findService(state, environment, service).environment.environment;
	const { digest } = release.image;
	const [decision, here, before] = await Promise.all([
		findDecision(github, {
			commit: release.commit,
			digest
		}, {
			environment,
			service
		}),
		listDeployments(github, environment, service),
		promotion.from == null ? [] : listDeployments(github, promotion.from, service)
	]);
	return {
		here,
		facts: {
			environment,
			to: releaseAsText(release),
			gates: decision ? [decision] : [],
			runs: [...before.filter(isOf(digest)).slice(0, 1), ...here.filter(isOf(digest)).slice(0, 3)].map(asRun),
			promotion: {
				...promotion.from == null ? {} : { from: promotion.from },
				approvals: promotion.approvals,
				approvalTtlSeconds: promotion.approvalTtl,
				soakSeconds: promotion.soak
			}
		}
	};
}
function isOf(digest) {
	return ({ release }) => release.image.endsWith(`@${digest}`);
}
function asRun({ id, environment, outcome, finishedAt, gates }) {
	return {
		environment,
		deploymentId: id,
		outcome,
		finishedAt,
		gates
	};
}
// core/src/evidence/describe-bundle.ts
const longestList = 100;
function describeBundle(bundle, eligibility) {
	const { risk, to, from } = bundle;
	return [
		`**Risk ${risk.level.toUpperCase()}**: ${risk.reasons.join("; ")}. Strategy: \`${bundle.strategy}\`.`,
		eligibility.eligible ? "Nothing stands in the way." : `**Not yet:**\n${eligibility.reasons.map((reason) => `- ${reason}`).join("\n")}`,
		table([
			"",
			"runs now",
			"comes"
		], [
			[
				"image",
				code(from?.image),
				code(to.image)
			],
			[
				"commit",
				code(from?.commit.slice(0, 12)),
				code(to.commit.slice(0, 12))
			],
			[
				"version",
				code(from?.version),
				code(to.version)
			]
		]),
		...bundle.reason == null ? [] : [`Reason given: ${bundle.reason}`],
		describeGates(bundle),
		describeCommits(bundle),
		...describeConfiguration(bundle),
		describeTaskDefinition(bundle),
		describeRules(bundle)
	].join("\n\n");
}
function describeGates({ gates, runs }) {
	const rows = [...gates.map((gate) => [
		gate.gate,
		`**${gate.outcome}**`,
		gate.reason
	]), ...runs.map((run) => [
		`ran in ${run.environment}`,
		`**${run.outcome}**`,
		[`deployment ${run.deploymentId}, ${run.finishedAt}`, ...run.gates.map((gate) => `${gate.gate}: ${gate.reason}`)].join("; ")
	])];
	return rows.length === 0 ? "### Proof\n\nNone yet." : `### Proof\n\n${table([
		"gate",
		"outcome",
		"measured"
	], rows)}`;
}
function describeCommits({ change }) {
	return [
		`### Change: ${change.commits.length} commit(s), ${change.files.length} file(s)`,
		"",
		...listCommits(change)
	].join("\n");
}
function describeConfiguration({ configuration, environment }) {
	if (!configuration || configuration.complete && configuration.commits.length === 0) return [];
	return [[
		`### Configuration of ${environment}: ${configuration.commits.length} commit(s) since the last rollout that passed`,
		"",
		...listCommits(configuration)
	].join("\n")];
}
function listCommits(listed) {
	const shown = listed.commits.slice(0, longestList);
	const rest = listed.commits.length - shown.length;
	return [
		...listed.complete ? [] : ["**Not all commits could be listed.**", ""],
		...shown.map(({ sha, subject, people }) => {
			const names = [...new Set(people.map(describePerson))].join(", ");
			return `- ${code(sha.slice(0, 7))} ${escape(subject)} (${names})`;
		}),
		...rest > 0 ? [`- and ${rest} more`] : []
	];
}
function describeTaskDefinition({ taskDefinition }) {
	if (taskDefinition.changes.length === 0) return "### Task definition\n\nUnchanged.";
	return `### Task definition\n\n${table([
		"value",
		"runs now",
		"comes"
	], taskDefinition.changes.slice(0, longestList).map(({ path, from, to }) => [
		code(path),
		code(shorten(from)),
		code(shorten(to))
	]))}`;
}
function describeRules(bundle) {
	const { approvals, approvalTtlSeconds, soakSeconds, from } = bundle.promotion;
	const commits = [...bundle.change.commits, ...bundle.configuration?.commits ?? []];
	return [
		"### Rules",
		"",
		`- Approvals needed: ${approvals}, of different people, none of them ${[...new Set(commits.flatMap(({ people }) => people.map(describePerson)))].sort().join(", ") || "an author of the change"}.`,
		`- An approval counts for ${describeDuration(approvalTtlSeconds)} after the evidence was written (${bundle.createdAt}).`,
		...from == null || soakSeconds === 0 ? [] : [`- It must have run in ${from} for ${describeDuration(soakSeconds)}.`],
		`- Way back: the workflow \`rollback\` with environment \`${bundle.environment}\` and service \`${bundle.service}\`.`,
		`- Evidence: \`sha256:${bundleSha256(bundle)}\`.`
	].join("\n");
}
function describePerson({ login, name }) {
	return login == null ? escape(name) : login;
}
function table(head, rows) {
	const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("\n", " ")).join(" | ")} |`;
	return [
		line(head),
		`|${head.map(() => "---").join("|")}|`,
		...rows.map(line)
	].join("\n");
}
function code(text) {
	return text == null ? "-" : `\`${text.replaceAll("`", "'").replaceAll("|", String.raw`\|`)}\``;
}
function shorten(value) {
	if (value === void 0) return void 0;
	const text = typeof value === "string" ? value : JSON.stringify(value);
	return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}
function escape(text) {
	return text.replaceAll(/[<>[\]|*_`]/g, String.raw`\$&`).replaceAll("@", "@​");
}
// src/promotion/bundle-file.ts
async function writeBundle(bundle) {
	const folder = await mkdtemp(join(process.env["RUNNER_TEMP"] ?? tmpdir(), "sluice-evidence-"));
	const file = join(folder, "bundle.json");
	await writeFile(file, canonicalJson(bundle));
	return file;
}
async function readBundle(file) {
	try {
		return evidenceBundleSchema.parse(JSON.parse(await readFile(file, "utf8")));
	} catch (error) {
		throw new ConfigurationError(`expected an evidence bundle in ${file}, found none that can be read`, { cause: error });
	}
}
// core/src/promotion/configuration.ts
function configurationPaths(environment, service) {
	return [
		"environments/project.yaml",
		"environments/policy",
		`environments/${environment}/environment.yaml`,
		`environments/${environment}/${service}.yaml`
	];
}
function configurationSince(running, newestFirst) {
	if (!running) return void 0;
	const last = newestFirst.find(({ outcome }) => outcome === "pass");
	return (last?.release.image === running.image ? last.configuration : void 0) ?? (running.commit || void 0);
}
function configurationCommits(between, touching) {
	const isNew = between && new Set(between.map(({ sha }) => sha));
	return [...new Map(touching.map((commit) => [commit.sha, commit])).values()].filter(({ sha }) => isNew?.has(sha) ?? true);
}
// core/src/rollout/task-variables.ts
function taskVariables(environment, serviceName, { task, release }, skeleton) {
	const { environment: ofInfra = {}, secrets: secretsOfInfra = {}, sideCarEnvironment = {} } = skeleton;
	const ofRelease = {
		...skeleton.containerPort == null ? {} : { PORT: String(skeleton.containerPort) },
		SLUICE_ENVIRONMENT: environment,
		SLUICE_RELEASE_COMMIT: release.commit,
		SLUICE_RELEASE_VERSION: release.version
	};
	const parameter = names.taskSkeletonParameter(environment, serviceName);
	const problems = claimedTwice([
		["the release", Object.keys(ofRelease)],
		[`environment of infra's ${parameter}`, Object.keys(ofInfra)],
		[`sideCarEnvironment of infra's ${parameter}`, Object.keys(sideCarEnvironment)],
		[`secrets of infra's ${parameter}`, Object.keys(secretsOfInfra)],
		["task.env", Object.keys(task.env)],
		["task.secrets", Object.keys(task.secrets)]
	]).map(([name, first, second]) => ({
		message: `expected ${name} to be set once, found it in ${first} and in ${second}`,
		location: { file: `environments/${environment}/${serviceName}.yaml` },
		hint: "remove it from the file: what infra and the release set cannot be overridden"
	}));
	if (problems.length > 0) throw new ConfigurationError(problems);
	return {
		environment: {
			...task.env,
			...ofInfra,
			...ofRelease
		},
		secrets: {
			...task.secrets,
			...secretsOfInfra
		}
	};
}
function claimedTwice(claims) {
	const holders = new Map();
	return claims.flatMap(([claim, own]) => own.flatMap((name) => {
		const holder = holders.get(name);
		if (holder != null) return [[
			name,
			holder,
			claim
		]];
		holders.set(name, claim);
		return [];
	}));
}
// core/src/rollout/task-definition.ts
const definitionTags = {
	hash: "sluice:definition",
	version: "sluice:version",
	commit: "sluice:commit",
	migration: "sluice:migration"
};
function renderTaskDefinitions(environment, serviceName, service, skeleton, imageHost) {
	const { task, release, migrate } = service;
	const [, partition = "aws", , , account = ""] = skeleton.executionRoleArn.split(":");
	const told = taskVariables(environment, serviceName, service, skeleton);
	const container = {
		name: skeleton.containerName,
		image: `${imageHost}/${release.image.repository}@${release.image.digest}`,
		essential: true,
		environment: pairs(told.environment),
		secrets: Object.entries(told.secrets).sort(([a], [b]) => a < b ? -1 : 1).map(([name, secret]) => ({
			name,
			valueFrom: secretArn({
				partition,
				region: skeleton.region,
				account
			}, environment, secret)
		})),
		readonlyRootFilesystem: skeleton.readonlyRootFilesystem,
		stopTimeout: skeleton.stopTimeoutSeconds,
		...skeleton.user == null ? {} : { user: skeleton.user }
	};
	const shared = {
		networkMode: "awsvpc",
		requiresCompatibilities: ["FARGATE"],
		cpu: String(task.cpu),
		memory: String(task.memory),
		executionRoleArn: skeleton.executionRoleArn,
		taskRoleArn: skeleton.taskRoleArn
	};
	const labels = {
		[definitionTags.version]: release.version,
		[definitionTags.commit]: release.commit,
		...migrate == null ? {} : { [definitionTags.migration]: migrate.phase }
	};
	return {
		service: tagged({
			...shared,
			family: skeleton.family,
			containerDefinitions: [{
				...container,
				environment: pairs({
					...told.environment,
					...skeleton.sideCarEnvironment
				}),
				...task.command == null ? {} : { command: task.command },
				portMappings: skeleton.containerPort == null ? [] : [{
					containerPort: skeleton.containerPort,
					protocol: "tcp",
					...skeleton.portName == null ? {} : {
						name: skeleton.portName,
						appProtocol: "http"
					}
				}],
				logConfiguration: logs(skeleton, serviceName)
			}, ...skeleton.sideCars]
		}, labels),
		...migrate == null ? {} : { migrate: tagged({
			...shared,
			family: names.migrateFamily(environment, serviceName),
			containerDefinitions: [{
				...container,
				command: migrate.command,
				logConfiguration: logs(skeleton, "migrate")
			}]
		}, labels) }
	};
}
function secretArn({ partition, region, account }, environment, secret) {
	return secret.startsWith("/") ? `arn:${partition}:ssm:${region}:${account}:parameter${names.secretParameter(environment, secret)}` : `arn:${partition}:secretsmanager:${region}:${account}:secret:${names.secret(environment, secret)}`;
}
function tagged(definition, labels) {
	const hash = sha256OfJson(definition);
	const tags = Object.entries({
		[definitionTags.hash]: hash,
		...labels
	}).map(([key, value]) => ({
		key,
		value
	}));
	return {
		...definition,
		tags
	};
}
function pairs(variables) {
	return Object.entries(variables).sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) => ({
		name,
		value
	}));
}
function logs(skeleton, prefix) {
	return {
		logDriver: "awslogs",
		options: {
			"awslogs-group": skeleton.logGroup,
			"awslogs-region": skeleton.region,
			"awslogs-stream-prefix": prefix
		}
	};
}
// src/aws/running-release.ts
async function readRunningRelease(ecs, environment, service) {
	const cluster = clusterName(environment);
	const name = ecsServiceName(environment, service);
	const { services = [], failures = [] } = await ecs.send(new import_dist_cjs$7.DescribeServicesCommand({
		cluster,
		services: [name]
	}));
	const unexpected = failures.filter(({ reason }) => reason !== "MISSING");
	if (unexpected.length > 0) throw new Error(`could not describe ${name} in ${cluster}: ${unexpected.map(({ reason }) => reason).join(", ")}`);
	const arn = services.find(({ status }) => status === "ACTIVE")?.taskDefinition;
	if (arn == null) return void 0;
	const { taskDefinition } = await ecs.send(new import_dist_cjs$7.DescribeTaskDefinitionCommand({ taskDefinition: arn }));
	const container = taskDefinition?.containerDefinitions?.find((found) => found.name === names.container(service));
	if (!taskDefinition || container?.image == null) throw new Error(`expected a container "${names.container(service)}" in ${arn}, found none`);
	const variable = (key) => container.environment?.find((candidate) => candidate.name === key)?.value;
	const commit = variable("SLUICE_RELEASE_COMMIT");
	const version = variable("SLUICE_RELEASE_VERSION");
	const { cpu, memory, executionRoleArn, taskRoleArn, containerDefinitions } = taskDefinition;
	return {
		image: container.image.replace(/^[^/]*[.:][^/]*\//, ""),
		...commit == null ? {} : { commit },
		...version == null ? {} : { version },
		taskDefinitionArn: arn,
		definition: JSON.parse(JSON.stringify({
			cpu,
			memory,
			executionRoleArn,
			taskRoleArn,
			containerDefinitions
		}))
	};
}
// src/github/changes.ts
const pageSize = 100;
const mostPages = 10;
async function readReleaseChange(github, from, to) {
	if (from == null || from === to) {
		const commit = await findCommit(github, to);
		return {
			commits: commit ? [commit] : [],
			complete: commit != null,
			files: [],
			isBackwards: false
		};
	}
	const forward = await compare(github, from, to);
	if (!forward || forward.status !== "behind") return forward ?? unknown;
	const backwards = await compare(github, to, from);
	return backwards ? {
		...backwards,
		isBackwards: true
	} : unknown;
}
const unknown = {
	commits: [],
	complete: false,
	files: [],
	isBackwards: false
};
async function compare({ octokit, owner, repo }, base, head) {
	const commits = [];
	const times = [];
	for (let page = 1;; page++) {
		let data;
		try {
			const request = {
				owner,
				repo,
				basehead: `${base}...${head}`,
				per_page: pageSize,
				page
			};
			({data} = await octokit.rest.repos.compareCommitsWithBasehead(request));
		} catch (error) {
			if (isStatus(error, 404)) return void 0;
			throw error;
		}
		commits.push(...data.commits.map(toChangeCommit));
		times.push(...data.commits.map(({ commit }) => Date.parse(commit.committer?.date ?? "")));
		if (commits.length < data.total_commits && data.commits.length > 0 && page < mostPages) continue;
		return {
			commits,
			files: (data.files ?? []).map(({ filename }) => filename),
			complete: commits.length >= data.total_commits,
			isBackwards: false,
			...times.length > 0 && times.every(Number.isFinite) ? { earliest: new Date(Math.min(...times)) } : {},
			status: data.status
		};
	}
}
async function findCommit({ octokit, owner, repo }, ref) {
	try {
		const { data } = await octokit.rest.repos.getCommit({
			owner,
			repo,
			ref
		});
		return toChangeCommit(data);
	} catch (error) {
		if (isStatus(error, 404, 422)) return void 0;
		throw error;
	}
}
function toChangeCommit({ sha, commit, author, committer }) {
	const people = [
		person(commit.author, author),
		person(commit.committer, committer),
		...coAuthors(commit.message)
	].filter((found) => found != null && found.login !== "web-flow");
	const unique = new Map(people.map((found) => [`${found.login}|${found.name}|${found.email}`, found]));
	return {
		sha,
		subject: commit.message.split("\n")[0] ?? "",
		people: [...unique.values()]
	};
}
function person(identity, account) {
	if (!identity) return void 0;
	const login = account && "login" in account && typeof account.login === "string" ? account.login : void 0;
	const { name = "", email = "" } = identity;
	return withLogin({
		name,
		email,
		...login == null ? {} : { login }
	});
}
// src/github/configuration.ts
async function readConfigurationChange(github, change) {
	const { since, head, paths } = change;
	if (since === head) return {
		commits: [],
		complete: true
	};
	const between = since == null ? void 0 : await readReleaseChange(github, since, head);
	if (between && !between.complete) return {
		commits: [],
		complete: false
	};
	if (between?.commits.length === 0) return {
		commits: [],
		complete: true
	};
	const newest = between?.isBackwards && since != null ? since : head;
	const touching = await Promise.all(paths.map((path) => listTouching(github, newest, path, between?.earliest)));
	return {
		commits: configurationCommits(between?.commits, touching.flat()),
		complete: true
	};
}
async function listTouching({ octokit, owner, repo }, sha, path, earliest) {
	const request = {
		owner,
		repo,
		sha,
		path,
		per_page: 100
	};
	const since = earliest && { since: new Date(earliest.getTime() - 1e3).toISOString() };
	return (await octokit.paginate(octokit.rest.repos.listCommits, {
		...request,
		...since
	})).map(toChangeCommit);
}
// src/runner/child-process.ts
const keptLines = 20;
const graceMilliseconds = 1e4;
async function runChild(command, args, { cwd, env, timeoutMilliseconds, onLine, shell = false }) {
	const child = spawn(command, args, {
		cwd,
		env,
		shell,
		detached: process.platform !== "win32",
		stdio: [
			"ignore",
			"pipe",
			"pipe"
		]
	});
	const lastLines = [];
	for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", (line) => {
		lastLines.push(line);
		if (lastLines.length > keptLines) lastLines.shift();
		onLine(line);
	});
	let hasTimedOut = false;
	let killer;
	const end = () => {
		signalGroup(child.pid, "SIGTERM");
		killer ??= setTimeout(() => signalGroup(child.pid, "SIGKILL"), graceMilliseconds);
	};
	const timer = setTimeout(() => {
		hasTimedOut = true;
		end();
	}, timeoutMilliseconds);
	process.once("SIGINT", end).once("SIGTERM", end);
	try {
		return {
			exitCode: await new Promise((resolve, reject) => {
				child.on("error", reject);
				child.on("close", resolve);
			}),
			hasTimedOut,
			lastLines
		};
	} finally {
		clearTimeout(timer);
		clearTimeout(killer);
		process.off("SIGINT", end).off("SIGTERM", end);
	}
}
function signalGroup(pid, signal) {
	if (pid == null) return;
	try {
		process.kill(process.platform === "win32" ? pid : -pid, signal);
	} catch {}
}
function environmentForTests(env, added) {
	const isKept = ([name]) => !/^(INPUT_|ACTIONS_|AWS_|GITHUB_TOKEN$|GH_TOKEN$|GITHUB_(OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)$)/.test(name);
	return {
		...Object.fromEntries(Object.entries(env).filter(isKept)),
		...added
	};
}
export { isStatus as $, names as $t, recordDeployment as A, describeHandle as An, workspace as At, taskSkeletonSchema as B, verdictOutcomes as Bn, reportGate as Bt, describeHold as C, metricPeriodSeconds as Cn, setOutputs as Ct, describeOpenPromotions as D, noWorseThanBaseline as Dn, findService as Dt, readPromotionBranch as E, belowCeiling as En, findProjectService as Et, cloudFormationStacks as F, parseDuration as Fn, deployableShared as Ft, scannerNames as G, jsonInput as Gt, dedupeFindings as H, writeSummary as Ht, readStack as I, decideGates as In, shared as It, recordDecisions as J, oneOffTasks as Jt, severities as K, roleInput as Kt, taskDefinitions as L, gateNames as Ln, adoptionOf as Lt, releaseAsText as M, describeTimeline as Mn, formatImageReference as Mt, assessRisk as N, weightBar as Nn, imageReference as Nt, describePromotion as O, withBoundedSteps as On, readAnalysisInterval as Ot, isPerson as P, describeDuration as Pn, parseImageReference as Pt, gitHub as Q, serviceDeployments as Qt, holds as R, requiredGates$1 as Rn, systemClock as Rt, decideEligibility as S, measurementSchema as Sn, runAction as St, promotionBranchPrefix as T, aboveCeiling as Tn, findEnvironment as Tt, isAtLeast as U, booleanInput as Ut, pullHost as V, markdownTable as Vt, scanReportSchema as W, defineContract as Wt, nextEnvironments as X, awsClients as Xt, firstEnvironment as Y, readLastLogLines as Yt, currentRun as Z, clientConfiguration as Zt, proposeChange as _, pollMilliseconds$1 as _n, mediaTypes as _t, readRunningRelease as a, listServiceTasks as an, inOrder as at, withRelease as b, badAmong as bn, sha256OfJson as bt, configurationPaths as c, rolloutHandleSchema as cn, clusterName as ct, writeBundle as d, metricNames as dn, artifactRegistry as dt, roleArn as en, checkDrift as et, describeBundle as f, Timeline as fn, readImageLabels as ft, listOpenPulls as g, productionWeight as gn, rolesOfJobs as gt, readReleaseFacts as h, isFinished as hn, roleToAssume as ht, readReleaseChange as i, ecsServices as in, readGolden as it, bundleSha256 as j, describePlan as jn, releaseSchema as jt, listDeployments as k, worseThanBaseline as kn, readDesiredState as kt, configurationSince as l, gateResultSchema as ln, ecsServiceName as lt, isOf as m, watchRollout as mn, registryClient as mt, runChild as n, readListenerRule as nn, readServiceDrift as nt, definitionTags as o, readServiceRevision as on, finalStatuses as ot, asRun as p, readRollout as pn, hasFile as pt, findDecision as q, readDiagnosis as qt, readConfigurationChange as r, readRouting as rn, readStackDrift as rt, renderTaskDefinitions as s, targetGroupOf as sn, revisionIdOf as st, environmentForTests as t, dimensionOf as tn, checkSharedDrift as tt, readBundle as u, ConfigurationError as un, describeDrift as ut, readFile$1 as v, describeDiagnosis as vn, selectPlatform as vt, promotionBranch as w, noCounts as wn, readInputs as wt, freezeOf as x, countMetrics as xn, failStep as xt, readRelease as y, reasonWithCause as yn, canonicalJson as yt, readTaskSkeleton as z, combineVerdicts as zn, gateResultsInput as zt };
