import { s as info } from "./shared/github.mjs";
import { $t as names, Ct as setOutputs, Gt as jsonInput, Ht as writeSummary, Kt as roleInput, Rt as systemClock, St as runAction, Tt as findEnvironment, Ut as booleanInput, Wt as defineContract, Xt as awsClients, Zt as clientConfiguration, ht as roleToAssume, kt as readDesiredState, un as ConfigurationError, wt as readInputs, xt as failStep, zn as combineVerdicts } from "./shared/sluice.mjs";
import { O as string, T as object, g as array, h as _enum, j as url, w as number } from "./shared/vendor.mjs";
import { Y as require_dist_cjs, ct as require_dist_cjs$2, t as require_dist_cjs$1 } from "./shared/aws.mjs";
import { createHash, createHmac } from "node:crypto";
import { setTimeout } from "node:timers/promises";
// core/src/recovery/expected.ts
const time$1 = object({
	seconds: number().nullable(),
	objectiveSeconds: number().positive(),
	phases: array(object({
		name: string(),
		seconds: number().nullable()
	}))
});
const expectedRecovery = object({
	environment: string(),
	read: time$1,
	write: time$1,
	recoveryPoint: object({ objectiveSeconds: number().positive() })
});
const beforeStart = ["notice", "decide"];
function secondsBeforeStart({ write }) {
	return write.phases.filter(({ name }) => beforeStart.includes(name)).reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);
}
// core/src/recovery/measure.ts
function untilGood(probes, start, patienceSeconds) {
	const since = (at) => Math.max(0, (at.getTime() - start.getTime()) / 1e3);
	const later = probes.filter(({ at }) => at >= start);
	const lastBad = later.findLastIndex(({ isAnswered }) => !isAnswered);
	const good = later[lastBad + 1];
	if (!good) return {
		seconds: null,
		isAtMost: false
	};
	if (lastBad >= 0) return {
		seconds: since(good.at),
		isAtMost: false
	};
	const isAtMost = since(good.at) > patienceSeconds;
	return {
		seconds: isAtMost ? since(good.at) : 0,
		isAtMost
	};
}
function laterOf(one, other) {
	if (one.seconds == null || other.seconds == null) return {
		seconds: null,
		isAtMost: false
	};
	return one.seconds >= other.seconds ? one : other;
}
function judgeTime(name, { seconds, isAtMost }, { beforeSeconds = 0, objectiveSeconds }, unknown) {
	const own = {
		name,
		seconds,
		isAtMost,
		beforeSeconds,
		objectiveSeconds
	};
	if (seconds == null) return {
		...own,
		verdict: unknown
	};
	const total = Math.round((seconds + beforeSeconds) * 10) / 10;
	const before = beforeSeconds > 0 ? ` (${beforeSeconds} s of them to notice and decide)` : "";
	const isMet = total <= objectiveSeconds;
	const time = `${name}: ${isAtMost ? "at most " : ""}${total} s${before}`;
	const bound = `the objective of ${objectiveSeconds} s`;
	if (isMet) return {
		...own,
		verdict: {
			outcome: "pass",
			reason: `${time}, within ${bound}`
		}
	};
	return {
		...own,
		verdict: isAtMost ? {
			outcome: "inconclusive",
			reason: `${time}: nobody watched before, and ${bound} may have been missed`
		} : {
			outcome: "fail",
			reason: `${time}, above ${bound}`
		}
	};
}
// core/src/recovery/region-switch.ts
const recoveryModes = ["switchover", "failover"];
const ended = [
	"completed",
	"completedWithExceptions",
	"completedMonitoringApplicationHealth"
];
const failed = [
	"canceled",
	"failed",
	"planExecutionTimedOut",
	"pausedByFailedStep"
];
function phaseOf({ state }) {
	if (ended.includes(state)) return "ended";
	return failed.includes(state) ? "failed" : "running";
}
// core/src/recovery/outcome.ts
const patienceSeconds = 10;
function measureRecovery(seen, expected) {
	const { execution, reads, writes } = seen;
	const start = execution.startedAt;
	const answered = writes.length === 0 ? exactly(0) : untilGood(writes, start, patienceSeconds);
	return [
		judgeTime("reads", untilGood(reads, start, patienceSeconds), { objectiveSeconds: expected.read.objectiveSeconds }, reads.length === 0 ? {
			outcome: "inconclusive",
			reason: "reads: nobody asked, for want of an address"
		} : {
			outcome: "fail",
			reason: "reads: not answered at the end"
		}),
		judgeTime("writes", laterOf(lastArrival(seen), answered), {
			objectiveSeconds: expected.write.objectiveSeconds,
			beforeSeconds: secondsBeforeStart(expected)
		}, {
			outcome: "fail",
			reason: `writes: ${seen.arrived.size} of ${seen.clusters.length} clusters have their writer in ${execution.region}${answered.seconds == null ? ", and writes are not answered" : ""}`
		}),
		recoveryPoint(seen, expected.recoveryPoint.objectiveSeconds)
	];
}
function lastArrival({ execution, arrived, clusters }) {
	return clusters.map((cluster) => {
		const seen = arrived.get(cluster);
		if (!seen) return exactly(null);
		const step = execution.steps.find(({ name }) => name === names.databaseStep(cluster));
		const at = step?.status === "completed" && step.endedAt ? Math.min(step.endedAt.getTime(), seen.getTime()) : seen;
		return exactly(Math.max(0, (Number(at) - execution.startedAt.getTime()) / 1e3));
	}).reduce(laterOf, exactly(0));
}
const exactly = (seconds) => ({
	seconds,
	isAtMost: false
});
function recoveryPoint({ mode, lag, clusters }, objectiveSeconds) {
	const lags = clusters.map((cluster) => exactly(lag.get(cluster) ?? null));
	return judgeTime("recovery point", mode === "switchover" ? exactly(0) : lags.reduce(laterOf, exactly(0)), { objectiveSeconds }, {
		outcome: "inconclusive",
		reason: "recovery point: nobody reported how far the replicas lagged behind"
	});
}
function recoveryVerdict({ execution, measured }) {
	if (!execution) return {
		outcome: "pass",
		reason: "nothing to move"
	};
	return combineVerdicts([endOf(execution), ...measured.map(({ verdict }) => verdict)]);
}
function endOf(execution) {
	const phase = phaseOf(execution);
	const steps = execution.steps.filter(({ status }) => !["completed", "skipped"].includes(status)).map(({ name, status }) => `${name} ${status}`).join(", ");
	if (phase === "failed") return {
		outcome: "fail",
		reason: `the plan ended ${execution.state}: ${steps || "no step says why"}`
	};
	if (phase === "running") return {
		outcome: "inconclusive",
		reason: `the plan is still ${execution.state}: ${steps}`
	};
	return execution.state === "completedWithExceptions" ? {
		outcome: "fail",
		reason: `the plan left steps out: ${steps || "see its events"}`
	} : {
		outcome: "pass",
		reason: `the plan ended ${execution.state}`
	};
}
// core/src/environment/certificates.ts
function certificates({ certificateArn, certificateArns }) {
	const all = [...certificateArn == null ? [] : [certificateArn], ...certificateArns];
	return new Map(all.map((arn) => [arn.split(":")[3] ?? "", arn]));
}
// core/src/recovery/recovery-plan.ts
function clientAddress({ environment, services }) {
	const { domain } = environment.edge;
	const service = Object.keys(services).find((name) => services[name]?.kind === "web");
	if (domain == null || service == null) return void 0;
	return `${certificates(environment.edge).size === 0 ? "http" : "https"}://${service}.${domain}`;
}
const clustersOf = ({ topology }) => Array.from({ length: topology.physicalClusters }, (_, cluster) => cluster);
function planRecovery(name, environment, writers, wanted) {
	const { topology, regions } = environment;
	const [primary = "", ...replicas] = regions;
	const from = [...new Set([...writers.values()].filter((region) => region != null))];
	const region = wanted ?? nextRegion(name, primary, replicas, from);
	if (!regions.includes(region)) throw new ConfigurationError(`input "region": expected one of ${regions.join(", ")}, found "${region}"`);
	const other = region === primary ? otherRegion(name, primary, replicas, from) : region;
	const stranger = from.find((one) => one !== region && one !== primary && one !== other);
	if (stranger != null) throw new ConfigurationError([{
		message: `expected the writers of ${name} in ${primary} or ${region}, found one in ${stranger}`,
		hint: `plans have the primary and one other region: move to ${primary} first`
	}]);
	return {
		environment: name,
		region,
		planName: names.regionSwitchPlan(name, other),
		moves: clustersOf(environment).map((cluster) => ({
			cluster,
			shards: shardsOf(cluster, topology),
			from: writers.get(cluster),
			isThere: writers.get(cluster) === region
		}))
	};
}
const shardsOf = (cluster, { logicalShards, physicalClusters }) => Array.from({ length: logicalShards }, (_, shard) => shard).filter((shard) => shard % physicalClusters === cluster);
function nextRegion(name, primary, replicas, from) {
	const [first] = replicas;
	if (first == null) throw new ConfigurationError([{
		message: `expected another region in environments/${name}/environment.yaml, found ${primary} alone`,
		hint: "there is nothing to move to: a lost region is restored from backups (docs/runbooks/region-lost.md)",
		location: { file: `environments/${name}/environment.yaml` }
	}]);
	if (from.length > 1) throw new ConfigurationError([{
		message: `expected all writers of ${name} in one region, found them in ${from.join(", ")}`,
		hint: "say with the input \"region\" where they belong"
	}]);
	return from.length === 0 || from[0] === primary ? first : primary;
}
function otherRegion(name, primary, replicas, from) {
	const others = from.filter((one) => one !== primary);
	const [only = replicas[0]] = others;
	if (only == null || others.length > 1) throw new ConfigurationError(`expected the writers of ${name} in ${primary} and one other region, found ${from.join(", ") || "none"}`);
	return only;
}
// core/src/recovery/find-execution.ts
async function findExecution({ regionSwitch, report }, { name, environment, region, token }) {
	const wanted = environment.regions.map((one) => names.regionSwitchPlan(name, one));
	const asked = environment.regions.map(async (one) => {
		try {
			const arc = regionSwitch(one);
			const executions = (await arc.plans()).filter((plan) => wanted.includes(plan.name)).map(async (plan) => (await arc.executions(plan)).map((execution) => ({
				plan,
				execution
			})));
			return (await Promise.all(executions)).flat();
		} catch (error) {
			report(`Region switch could not be asked in ${one}: ${error instanceof Error ? error.message : String(error)}`);
			return [];
		}
	});
	const found = (await Promise.all(asked)).flat();
	const unfinished = found.find(({ execution }) => phaseOf(execution) === "running" || execution.state === "pausedByFailedStep");
	if (unfinished && region != null && unfinished.execution.region !== region) {
		const { plan, execution } = unfinished;
		throw new ConfigurationError([{
			message: `expected no other execution of ${plan.name}, found ${execution.id} to ${execution.region} (${execution.state})`,
			hint: `wait for it, or cancel it: aws arc-region-switch cancel-plan-execution --plan-arn ${plan.arn} --execution-id ${execution.id} --region ${execution.region}`
		}]);
	}
	return unfinished ?? found.find(({ execution }) => execution.comment.endsWith(`[${token}]`));
}
// core/src/recovery/watch-recovery.ts
const pollMilliseconds = 2e3;
const limitMilliseconds = 27e5;
const settleMilliseconds = 6e5;
async function watchRecovery({ clients, clock, databases, report }, { regionSwitch, arc, id, plan, clusters }) {
	const own = databases(plan.region);
	const reads = [];
	const writes = [];
	const arrived = new Map();
	const began = clock.now().getTime();
	let endedAt;
	let last = "";
	for (;;) {
		const [execution, writers, isRead, isWritten] = await Promise.all([
			regionSwitch.read(arc, id),
			own.writers(clusters.filter((cluster) => !arrived.has(cluster))),
			clients.read?.(),
			clients.write?.()
		]);
		const now = clock.now();
		if (isRead != null) reads.push({
			at: now,
			isAnswered: isRead
		});
		if (isWritten != null) writes.push({
			at: now,
			isAnswered: isWritten
		});
		for (const [cluster, region] of writers) if (region === plan.region) arrived.set(cluster, now);
		const said = [ofProbe("reads", isRead), ofProbe("writes", isWritten)].join("");
		const line = `${execution.state}, ${arrived.size} of ${clusters.length} writers there${said}`;
		if (line !== last) report(line);
		last = line;
		const phase = phaseOf(execution);
		if (phase !== "running") endedAt ??= now.getTime();
		const isGood = arrived.size === clusters.length && isRead !== false && isWritten !== false;
		if (phase !== "running" && isGood || phase === "failed" || endedAt != null && now.getTime() - endedAt > settleMilliseconds || now.getTime() - began > limitMilliseconds) return {
			execution,
			reads,
			writes,
			arrived
		};
		await clock.sleep(pollMilliseconds);
	}
}
const ofProbe = (what, isAnswered) => isAnswered == null ? "" : `, ${what} ${isAnswered ? "answered" : "FAIL"}`;
// core/src/recovery/run-recovery.ts
async function runRecovery(ports, request) {
	const { name, environment, mode, token } = request;
	const { report } = ports;
	const running = environment.regions.length > 1 ? await findExecution(ports, request) : void 0;
	const region = running?.execution.region ?? request.region;
	const plan = planRecovery(name, environment, await askWriters(ports, environment, region), region);
	const regionSwitch = ports.regionSwitch(plan.region);
	const arc = running?.plan ?? await findPlan(regionSwitch, plan);
	for (const { cluster, shards, from, isThere: there } of plan.moves) report(`cluster ${cluster} (shards ${shards.join(", ")}): ${there ? `is in ${plan.region}` : `${from ?? "on its way"} -> ${plan.region}`}`);
	const isThere = plan.moves.every((move) => move.isThere);
	const warnings = await regionSwitch.warnings(arc);
	for (const warning of warnings) report(`${arc.name}: ${warning}`);
	if (request.planOnly || isThere && !running) return {
		plan,
		warnings,
		measured: []
	};
	const clusters = clustersOf(environment);
	const databases = ports.databases(plan.region);
	if (!running) await refuseUnready(ports, request, warnings);
	const startedAt = running?.execution.startedAt ?? ports.clock.now();
	const lag = await databases.lag(clusters, startedAt);
	const id = running?.execution.id ?? await regionSwitch.start({
		plan: arc,
		region: plan.region,
		mode,
		comment: commentOf(request),
		token
	});
	report(`${arc.name}: ${running ? "following" : "started"} ${id}`);
	const watched = await watchRecovery(ports, {
		regionSwitch,
		arc,
		id,
		plan,
		clusters
	});
	return {
		plan,
		warnings,
		execution: watched.execution,
		measured: measureRecovery({
			...watched,
			lag,
			mode: watched.execution.mode,
			clusters
		}, request.expected)
	};
}
const commentOf = ({ reason, token }) => `${reason.slice(0, 900)} [${token}]`;
async function askWriters({ databases, report }, environment, wanted) {
	const [primary, ...replicas] = environment.regions;
	if (replicas.length === 0) return new Map();
	const order = [...new Set([
		wanted,
		...replicas,
		primary
	].filter((region) => region != null))];
	const failures = [];
	for (const region of order) try {
		return await databases(region).writers(clustersOf(environment));
	} catch (error) {
		failures.push(error);
		report(`the databases could not be asked in ${region}: ${error instanceof Error ? error.message : String(error)}`);
	}
	throw new Error(`expected an answer about the writers from one of ${order.join(", ")}, found none`, { cause: new AggregateError(failures) });
}
async function findPlan(regionSwitch, { planName, region, environment }) {
	const plans = await regionSwitch.plans();
	const found = plans.find((one) => one.name === planName);
	if (found) return found;
	throw new ConfigurationError([{
		message: `expected the Region switch plan ${planName} in ${region}, found ${plans.map((one) => one.name).join(", ") || "none"}`,
		hint: `deploy the recovery stack of ${environment} (infra.yml)`
	}]);
}
async function refuseUnready({ clients }, { mode, name }, warnings) {
	if (mode === "failover") return;
	const problems = warnings.map((message) => ({
		message: `the Region switch plan is not ready: ${message}`,
		hint: "mend it, or fail over if the region is lost"
	}));
	if (clients.read == null) problems.push({
		message: `expected an address of ${name} to ask as a client, found none`,
		hint: "set edge.domain in environment.yaml, or the input \"url\""
	});
	else if (!await clients.read()) problems.push({
		message: `expected ${name} to answer reads before a switchover, found no answer`,
		hint: "a drill of something broken measures nothing; if the region is lost, fail over"
	});
	if (problems.length > 0) throw new ConfigurationError(problems);
}
// core/src/recovery/summary.ts
const icons = {
	pass: "✅",
	fail: "❌",
	inconclusive: "❔"
};
const table = (head, rows) => [
	head,
	head.map(() => "---"),
	...rows
].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
const seconds = (value) => value == null ? "–" : `${Math.round(value * 10) / 10} s`;
function describeRecovery(result, expected) {
	const { plan, execution, measured, warnings } = result;
	const { reason, outcome } = recoveryVerdict(result);
	return [
		execution ? `### ${icons[outcome]} ${plan.environment} to ${plan.region} by ${execution.mode}\n\n${reason}` : `### ${plan.environment} to ${plan.region}: the plan`,
		describeMoves(result),
		...warnings.length > 0 ? [`ARC's evaluation of the plan:\n\n${warnings.map((one) => `- ${one}`).join("\n")}`] : [],
		execution ? describeMeasured(result, expected) : describeExpected(expected),
		...execution && measured.length > 0 ? [describeSteps(execution), picture(execution)] : []
	].filter((part) => part !== "").join("\n\n");
}
function describeMoves({ plan }) {
	const rows = plan.moves.map(({ cluster, shards, from, isThere }) => [
		cluster,
		shards.join(", "),
		from ?? "on its way",
		isThere ? "is there" : plan.region
	]);
	return table([
		"cluster",
		"shards",
		"writer in",
		"moves to"
	], rows);
}
function describeExpected({ read, write }) {
	const rows = [[
		"reads",
		seconds(read.seconds),
		seconds(read.objectiveSeconds)
	], [
		"writes",
		seconds(write.seconds),
		seconds(write.objectiveSeconds)
	]];
	return table([
		"",
		"expected by `sluice rto`",
		"objective"
	], rows);
}
function describeMeasured({ measured }, expected) {
	const ofName = {
		reads: expected.read.seconds,
		writes: expected.write.seconds,
		"recovery point": null
	};
	const rows = measured.map(({ name, seconds: own, isAtMost, beforeSeconds, objectiveSeconds, verdict }) => [
		name,
		`${isAtMost ? "at most " : ""}${seconds(own)}`,
		beforeSeconds > 0 ? seconds(beforeSeconds) : "",
		seconds(ofName[name]),
		seconds(objectiveSeconds),
		`${icons[verdict.outcome]} ${verdict.outcome}`
	]);
	return table([
		"",
		"measured from the start",
		"to notice and decide",
		"expected",
		"objective",
		""
	], rows);
}
function describeSteps({ steps }) {
	if (steps.length === 0) return "";
	const rows = steps.map(({ name, status, startedAt, endedAt }) => [
		name,
		status,
		startedAt && endedAt ? seconds((endedAt.getTime() - startedAt.getTime()) / 1e3) : ""
	]);
	return table([
		"step",
		"",
		"took"
	], rows);
}
function picture({ startedAt, steps }) {
	const done = steps.flatMap((step) => step.startedAt && step.endedAt ? [{
		name: step.name,
		from: step.startedAt,
		until: step.endedAt
	}] : []);
	if (done.length === 0) return "";
	const at = (time) => Math.max(0, Math.round((time.getTime() - startedAt.getTime()) / 1e3));
	return [
		"```mermaid",
		"gantt",
		"  dateFormat X",
		"  axisFormat %s s",
		...done.map(({ name, from, until }) => `  ${name} : ${at(from)}, ${Math.max(at(until), at(from) + 1)}`),
		"```"
	].join("\n");
}
// src/aws/global-databases.ts
var import_dist_cjs$1 = require_dist_cjs();
var import_dist_cjs$2 = require_dist_cjs$1();
const lagMinutes = 10;
function globalDatabases(environment, rds, cloudwatch) {
	return {
		async writers(clusters) {
			const found = clusters.map(async (cluster) => {
				const GlobalClusterIdentifier = names.globalDatabase(environment, cluster);
				const { GlobalClusters } = await rds.send(new import_dist_cjs$2.DescribeGlobalClustersCommand({ GlobalClusterIdentifier }));
				const [global] = GlobalClusters ?? [];
				if (!global) throw new Error(`RDS has no Global Database ${GlobalClusterIdentifier}`);
				const writers = (global.GlobalClusterMembers ?? []).filter(({ IsWriter }) => IsWriter);
				const isAtRest = global.Status === "available" && global.FailoverState?.Status == null;
				const region = writers.length === 1 ? writers[0]?.DBClusterArn?.split(":")[3] : void 0;
				return [cluster, isAtRest ? region : void 0];
			});
			return new Map(await Promise.all(found));
		},
		async lag(clusters, until) {
			const found = await cloudwatch.send(new import_dist_cjs$1.GetMetricDataCommand({
				StartTime: new Date(until.getTime() - lagMinutes * 6e4),
				EndTime: until,
				ScanBy: "TimestampDescending",
				MetricDataQueries: clusters.map((cluster) => ({
					Id: `lag_${cluster}`,
					Expression: `MAX(SEARCH('Namespace="AWS/RDS" MetricName="AuroraGlobalDBRPOLag" DBClusterIdentifier="${names.databaseCluster(environment, cluster)}"', 'Maximum', 60))`
				}))
			}));
			return new Map(clusters.map((cluster) => {
				const values = found.MetricDataResults?.find(({ Id }) => Id === `lag_${cluster}`)?.Values ?? [];
				return [cluster, values.length === 0 ? void 0 : Math.max(...values) / 1e3];
			}));
		}
	};
}
// src/aws/signed-json.ts
var import_dist_cjs = require_dist_cjs$2();
const attemptMilliseconds = 5e3;
const attempts = 4;
function signedJson(service, random = Math.random) {
	const { credentials, region, signingName } = service;
	const signer = new import_dist_cjs.SignatureV4({
		credentials,
		region,
		service: signingName,
		sha256: Sha256
	});
	return async (operation, input) => {
		for (let attempt = 1;; attempt++) try {
			return await send(signer, service, operation, JSON.stringify(input));
		} catch (error) {
			if (attempt === attempts || !isTransient(error)) throw error;
			await setTimeout(random() * 200 * 2 ** attempt);
		}
	};
}
async function send(signer, { endpoint, target, userAgent }, operation, body) {
	const { protocol, hostname, port, host } = new URL(endpoint);
	const { headers } = await signer.sign({
		method: "POST",
		protocol,
		hostname,
		...port === "" ? {} : { port: Number(port) },
		path: "/",
		query: {},
		headers: {
			host,
			"content-type": "application/x-amz-json-1.0",
			"x-amz-target": `${target}.${operation}`,
			"x-amz-user-agent": userAgent
		},
		body
	});
	const response = await fetch(endpoint, {
		method: "POST",
		headers,
		body,
		signal: AbortSignal.timeout(attemptMilliseconds)
	});
	const text = await response.text();
	if (response.ok) return text === "" ? {} : JSON.parse(text);
	throw refusal(operation, response, text);
}
var AwsRefusal = class extends Error {
	status;
	$metadata;
	constructor(name, message, status, requestId) {
		super(message);
		this.name = name;
		this.status = status;
		this.$metadata = {
			requestId,
			attempts: 1
		};
	}
};
function refusal(operation, response, text) {
	let body = {};
	try {
		body = JSON.parse(text);
	} catch {}
	const name = (response.headers.get("x-amzn-errortype") ?? body.__type ?? "UnknownError").split(/[:#]/);
	const type = name.find((part) => /(Exception|Error)$/.test(part)) ?? name.at(-1) ?? "UnknownError";
	const said = body.message ?? body.Message ?? (text.slice(0, 200) || response.statusText);
	const requestId = response.headers.get("x-amzn-requestid") ?? void 0;
	return new AwsRefusal(type, `${operation}: ${said}`, response.status, requestId);
}
function isTransient(error) {
	if (!(error instanceof AwsRefusal)) return true;
	return error.status === 429 || error.status >= 500 || /Throttl|TooManyRequests|RetryableConflict/.test(error.name);
}
var Sha256 = class {
	#hash;
	constructor(secret) {
		this.#hash = secret == null ? createHash("sha256") : createHmac("sha256", bytes(secret));
	}
	update(data) {
		this.#hash.update(bytes(data));
	}
	async digest() {
		return this.#hash.digest();
	}
};
function bytes(data) {
	if (typeof data === "string") return Buffer.from(data);
	return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}
// src/aws/region-switch.ts
const time = number().transform((seconds) => new Date(seconds * 1e3));
const plansPage = object({
	plans: array(object({
		arn: string(),
		name: string()
	})).default([]),
	nextToken: string().nullish()
});
const warningsPage = object({
	warnings: array(object({
		warningStatus: string(),
		stepName: string().nullish(),
		warningMessage: string()
	})).default([]),
	nextToken: string().nullish()
});
const abbreviated = object({
	executionId: string(),
	executionState: string(),
	executionRegion: string(),
	mode: _enum(["graceful", "ungraceful"]),
	comment: string().nullish(),
	startTime: time,
	endTime: time.nullish()
});
const executionsPage = object({
	items: array(abbreviated).default([]),
	nextToken: string().nullish()
});
const step = object({
	name: string().default(""),
	status: string().default("unknown"),
	startTime: time.nullish(),
	endTime: time.nullish()
});
const executionPage = abbreviated.extend({
	stepStates: array(step).default([]),
	nextToken: string().nullish()
});
const started = object({ executionId: string() });
function arcRegionSwitch(settings, env = process.env) {
	return regionSwitchOf(signedJson({
		endpoint: env["AWS_ENDPOINT_URL"] ?? `https://arc-region-switch.${settings.region}.api.aws`,
		region: settings.region,
		signingName: "arc-region-switch",
		target: "ArcRegionSwitch",
		credentials: async () => awsClients(settings, env).sts.config.credentials(),
		userAgent: `sluice/0.1.0 run/${env["GITHUB_RUN_ID"] ?? "none"}`
	}));
}
function regionSwitchOf(call) {
	return {
		plans: async () => (await pages(call, "ListPlansInRegion", {}, plansPage)).flatMap(({ plans }) => plans),
		async warnings({ arn }) {
			return (await pages(call, "GetPlanEvaluationStatus", { planArn: arn }, warningsPage)).flatMap(({ warnings }) => warnings).filter(({ warningStatus }) => warningStatus === "active").map(({ stepName, warningMessage }) => stepName ? `${stepName}: ${warningMessage}` : warningMessage);
		},
		async executions({ arn }) {
			return (await pages(call, "ListPlanExecutions", { planArn: arn }, executionsPage)).flatMap(({ items }) => items).map((item) => toExecution(item, [])).toSorted((one, other) => other.startedAt.getTime() - one.startedAt.getTime());
		},
		async read({ arn }, id) {
			const found = await pages(call, "GetPlanExecution", {
				planArn: arn,
				executionId: id
			}, executionPage);
			const [first] = found;
			if (!first) throw new Error(`ARC answered nothing about the execution ${id}`);
			return toExecution(first, found.flatMap(({ stepStates }) => stepStates.map(toStep)));
		},
		async start({ plan, region, mode, comment, token }) {
			const answer = await call("StartPlanExecution", {
				planArn: plan.arn,
				targetRegion: region,
				action: "activate",
				mode: mode === "failover" ? "ungraceful" : "graceful",
				comment,
				clientToken: token
			});
			return started.parse(answer).executionId;
		}
	};
}
async function pages(call, operation, input, schema) {
	const found = [];
	let nextToken;
	do {
		const page = schema.parse(await call(operation, nextToken ? {
			...input,
			nextToken
		} : input));
		found.push(page);
		nextToken = page.nextToken;
	} while (nextToken);
	return found;
}
function toExecution(found, steps) {
	return {
		id: found.executionId,
		state: found.executionState,
		region: found.executionRegion,
		mode: found.mode === "ungraceful" ? "failover" : "switchover",
		comment: found.comment ?? "",
		startedAt: found.startTime,
		...found.endTime ? { endedAt: found.endTime } : {},
		steps
	};
}
function toStep({ name, status, startTime, endTime }) {
	return {
		name,
		status,
		...startTime ? { startedAt: startTime } : {},
		...endTime ? { endedAt: endTime } : {}
	};
}
// src/aws/run-recovery.ts
const maxAttempts = 3;
function recoveryPorts(environment, role, clients, clock, report) {
	const once = (make) => {
		const made = new Map();
		return (region) => {
			const client = made.get(region) ?? make(region);
			made.set(region, client);
			return client;
		};
	};
	return {
		clients,
		clock,
		report,
		regionSwitch: once((region) => arcRegionSwitch({
			region,
			role
		})),
		databases: once((region) => {
			const configuration = clientConfiguration({
				region,
				role
			}, process.env);
			return globalDatabases(environment, new import_dist_cjs$2.RDSClient({
				...configuration,
				maxAttempts,
				requestHandler: {
					connectionTimeout: 3e3,
					requestTimeout: 5e3
				}
			}), awsClients({
				region,
				role
			}).cloudwatch);
		})
	};
}
// src/contracts/run-recovery.ts
const contract = defineContract({
	environment: string(),
	mode: _enum(recoveryModes),
	region: string().optional(),
	reason: string(),
	expected: jsonInput(expectedRecovery),
	url: url().optional(),
	"read-path": string().startsWith("/").default("/health/ready"),
	"write-path": string().startsWith("/").optional(),
	"plan-only": booleanInput.prefault("false"),
	role: roleInput.optional()
}, [
	"region",
	"outcome",
	"reason",
	"measured"
]);
// src/runner/client-probes.ts
const patienceMilliseconds = 3e3;
function clientProbes(base, paths) {
	if (base == null) return {};
	if (!URL.canParse(base)) throw new ConfigurationError(`input "url": expected an address, found "${base}"`);
	const ask = async (method, path) => {
		try {
			const response = await fetch(new URL(path, base), {
				method,
				headers: {
					connection: "close",
					...method === "POST" ? { "content-type": "application/json" } : {}
				},
				...method === "POST" ? { body: "{}" } : {},
				redirect: "error",
				signal: AbortSignal.timeout(patienceMilliseconds)
			});
			await response.arrayBuffer();
			return response.ok;
		} catch {
			return false;
		}
	};
	const { read, write } = paths;
	return {
		read: () => ask("GET", read),
		...write == null ? {} : { write: () => ask("POST", write) }
	};
}
// src/run-recovery.ts
await runAction("Run recovery", async () => {
	const { expected, mode, reason, region, url, ...inputs } = readInputs(contract.inputs);
	const state = findEnvironment(await readDesiredState(), inputs.environment);
	const { name, environment } = state;
	const ports = recoveryPorts(name, roleToAssume(inputs.role, environment.account, names.role.recovery(name)), clientProbes(url ?? clientAddress(state), {
		read: inputs["read-path"],
		write: inputs["write-path"]
	}), systemClock, (line) => info(line));
	const token = `sluice-${process.env["GITHUB_RUN_ID"] ?? systemClock.now().getTime()}`;
	const planOnly = inputs["plan-only"];
	const result = await runRecovery(ports, {
		name,
		environment,
		mode,
		region,
		reason,
		token,
		expected,
		planOnly
	});
	const verdict = recoveryVerdict(result);
	setOutputs(contract, {
		...verdict,
		region: result.plan.region,
		measured: result.measured
	});
	await writeSummary(describeRecovery(result, expected));
	if (verdict.outcome !== "pass") failStep("Run recovery", verdict.reason);
});
export {};
