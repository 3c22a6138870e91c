import { s as info } from "./shared/github.mjs";
import { $t as names, An as describeHandle, At as workspace, Bn as verdictOutcomes, Cn as metricPeriodSeconds, Ct as setOutputs, Dn as noWorseThanBaseline, Dt as findService, En as belowCeiling, Gt as jsonInput, Ht as writeSummary, In as decideGates, Kt as roleInput, Mn as describeTimeline, Nn as weightBar, On as withBoundedSteps, Pn as describeDuration, Qt as serviceDeployments, Rn as requiredGates, Rt as systemClock, Sn as measurementSchema, St as runAction, Tn as aboveCeiling, Wt as defineContract, Xt as awsClients, _n as pollMilliseconds, an as listServiceTasks, bn as badAmong, cn as rolloutHandleSchema, dn as metricNames, fn as Timeline, gn as productionWeight, hn as isFinished, kn as worseThanBaseline, kt as readDesiredState, ln as gateResultSchema, on as readServiceRevision, pn as readRollout, qt as readDiagnosis, sn as targetGroupOf, tn as dimensionOf, vn as describeDiagnosis, wn as noCounts, wt as readInputs, xn as countMetrics, xt as failStep, zn as combineVerdicts, zt as gateResultsInput } from "./shared/sluice.mjs";
import { D as strictObject, O as string, S as literal, g as array, h as _enum, m as datetime, w as number } from "./shared/vendor.mjs";
import { Y as require_dist_cjs, Z as require_dist_cjs$1 } from "./shared/aws.mjs";
import { dirname, resolve } from "node:path";
import { mkdir, writeFile } from "node:fs/promises";
// core/src/analysis/dispersion.ts
const noDispersion = {
	icc: 0,
	dispersion: 1,
	intervals: 0
};
const minimumIntervals = 10;
const minimumBad = 10;
function estimateDispersion(intervals) {
	const used = intervals.filter(({ total }) => total > 0);
	const bad = sum(used.map((interval) => interval.bad));
	const total = sum(used.map((interval) => interval.total));
	const rate = total === 0 ? 0 : bad / total;
	if (used.length < minimumIntervals || bad < minimumBad || rate >= 1) return {
		...noDispersion,
		intervals: used.length
	};
	const freedom = used.length - 1;
	const dispersion = sum(used.map(({ bad, total: n }) => (bad - n * rate) ** 2 / (n * rate * (1 - rate)))) / freedom;
	const meanTotal = total / used.length;
	return {
		icc: dispersion <= 1 + 2 * Math.sqrt(2 / freedom) || meanTotal <= 1 ? 0 : Math.min(1, (dispersion - 1) / (meanTotal - 1)),
		dispersion,
		intervals: used.length
	};
}
function designEffect(total, { icc }) {
	return 1 + Math.max(0, total - 1) * icc;
}
function deflate(interval, dispersion) {
	const here = designEffect(interval.total, dispersion);
	const there = designEffect(interval.baselineTotal, dispersion);
	return {
		bad: interval.bad / here,
		total: interval.total / here,
		baselineBad: interval.baselineBad / there,
		baselineTotal: interval.baselineTotal / there
	};
}
function sum(values) {
	return values.reduce((total, value) => total + value, 0);
}
// core/src/analysis/target-health.ts
const periodsInARow = 3;
function judgeTargetHealth(measurements, from) {
	const recent = measurements.filter(({ start, canary }) => new Date(start) >= from && canary.unhealthyHosts != null).slice(-3);
	const last = recent.at(-1);
	const isUnhealthy = (arm) => (arm?.unhealthyHosts ?? 0) > 0;
	const isIll = recent.length === periodsInARow && recent.every(({ canary, baseline }) => isUnhealthy(canary) && !isUnhealthy(baseline));
	const isWell = last != null && !isUnhealthy(last.canary) && (last.canary.healthyHosts ?? 0) > 0;
	const figures = {
		metric: "target-health",
		bad: last?.canary.unhealthyHosts ?? 0,
		total: (last?.canary.unhealthyHosts ?? 0) + (last?.canary.healthyHosts ?? 0),
		baselineBad: last?.baseline?.unhealthyHosts ?? 0,
		baselineTotal: (last?.baseline?.unhealthyHosts ?? 0) + (last?.baseline?.healthyHosts ?? 0),
		dispersion: 1,
		icc: 0,
		failEvidence: 0,
		failPath: [],
		failThreshold: 0,
		passEvidence: 0,
		passThreshold: 0
	};
	const hosts = `target-health: ${figures.bad} of ${figures.total} targets unhealthy`;
	if (isIll) return {
		...figures,
		outcome: "fail",
		reason: `${hosts} for ${periodsInARow} periods`
	};
	if (isWell) return {
		...figures,
		outcome: "pass",
		reason: hosts
	};
	const reason = last == null ? "target-health: the load balancer reported no targets yet" : `${hosts}: watched further`;
	return {
		...figures,
		outcome: "inconclusive",
		reason
	};
}
// core/src/analysis/judge.ts
function judge(measurements, settings, window) {
	const counted = countMetrics.filter((metric) => settings.metrics.includes(metric));
	const failThreshold = Math.log((2 * counted.length + 1) / settings.alpha);
	const verdicts = counted.map((metric) => judgeMetric(metric, measurements, settings, window, failThreshold));
	if (counted.includes("errors")) verdicts.push(judgeLoadBalancer(measurements, settings, window, failThreshold));
	if (settings.metrics.includes("target-health")) verdicts.push(judgeTargetHealth(measurements, window.failFrom));
	return {
		...combineVerdicts(verdicts),
		metrics: verdicts
	};
}
const mostOfAnInterval = {
	errors: Infinity,
	slow: .4
};
function judgeMetric(metric, measurements, settings, { failFrom, passFrom }, failThreshold) {
	const tests = {
		...settings,
		ceiling: settings.ceiling[metric]
	};
	const dispersion = estimateDispersion(measurements.map(({ baseline, canary, start }) => {
		const control = baseline ?? (new Date(start) < failFrom ? canary : noCounts);
		return badAmong(metric, control);
	}));
	const since = (from) => measurements.filter(({ start }) => new Date(start) >= from).map(intervalOf(metric));
	const judged = since(failFrom);
	const all = judged.map((interval) => deflate(interval, dispersion));
	const fresh = since(passFrom).map((interval) => deflate(interval, dispersion));
	const passThreshold = Math.log(1 / settings.alpha);
	const most = mostOfAnInterval[metric] * failThreshold;
	const worse = withBoundedSteps(worseThanBaseline(all.filter(hasControl), tests), most);
	const above = withBoundedSteps(aboveCeiling(all.filter((interval) => !hasControl(interval)), tests), most);
	const below = belowCeiling(fresh, tests);
	const noWorse = noWorseThanBaseline(fresh, tests);
	const failing = above.largest > worse.largest ? above : worse;
	const figures = {
		metric,
		...sumOf(judged),
		icc: dispersion.icc,
		dispersion: dispersion.dispersion
	};
	const strongestPass = Math.max(below.largest, noWorse.largest);
	const common = {
		...figures,
		failEvidence: failing.largest,
		failPath: failing.logarithms,
		failThreshold,
		passEvidence: strongestPass,
		passThreshold
	};
	const measured = describeCounts(figures, dispersion);
	const limit = `${formatPercent(tests.ceiling)} ceiling`;
	if (below.largest >= passThreshold) return {
		...common,
		outcome: "pass",
		reason: `${measured}: below the ${limit}, ${describeEvidence(below, passThreshold)}`
	};
	if (failing.largest >= failThreshold) {
		const exceeded = failing === above ? `above the ${limit}` : `more than ${tests.tolerance} times the old revision`;
		return {
			...common,
			outcome: "fail",
			reason: `${measured}: ${exceeded}, ${describeEvidence(failing, failThreshold)}`
		};
	}
	if (noWorse.largest >= passThreshold) {
		const reason = `${measured}: less than ${tests.maxRatio} times the old revision, ${describeEvidence(noWorse, passThreshold)}`;
		return {
			...common,
			outcome: "pass",
			reason
		};
	}
	if (sumOf(since(passFrom)).total === 0) return {
		...common,
		outcome: "inconclusive",
		reason: `${metric}: no requests since ${passFrom.toISOString()}`
	};
	const open = `pass E = ${formatE(strongestPass)} of ${formatE(passThreshold)}, fail E = ${formatE(failing.largest)} of ${formatE(failThreshold)}`;
	return {
		...common,
		outcome: "inconclusive",
		reason: `${measured}: undecided, ${open}`
	};
}
function judgeLoadBalancer(measurements, settings, { failFrom }, failThreshold) {
	const rows = measurements.map(({ start, canary, baseline, loadBalancerErrors: bad }) => ({
		isBefore: new Date(start) < failFrom,
		interval: {
			bad,
			total: canary.requests + (baseline?.requests ?? 0) + bad,
			baselineBad: 0,
			baselineTotal: 0
		}
	}));
	const tests = {
		...settings,
		ceiling: settings.ceiling.errors
	};
	const intervals = rows.filter(({ isBefore }) => !isBefore).map(({ interval }) => interval);
	const above = aboveCeiling(intervals, tests);
	const before = aboveCeiling(rows.filter(({ isBefore }) => isBefore).map(({ interval }) => interval), tests);
	const figures = {
		metric: "load-balancer-errors",
		...sumOf(intervals),
		icc: 0,
		dispersion: 1
	};
	const hasFailed = above.largest >= failThreshold && before.largest < failThreshold;
	const measured = describeCounts(figures, void 0);
	const limit = `${formatPercent(tests.ceiling)} ceiling`;
	return {
		...figures,
		failEvidence: above.largest,
		failPath: above.logarithms,
		failThreshold,
		passEvidence: 0,
		passThreshold: 0,
		outcome: hasFailed ? "fail" : "pass",
		reason: hasFailed ? `${measured}: above the ${limit}, ${describeEvidence(above, failThreshold)}` : `${measured}: not shown to be above the ${limit}`
	};
}
function intervalOf(metric) {
	return ({ canary, baseline }) => {
		const here = badAmong(metric, canary);
		const there = badAmong(metric, baseline ?? noCounts);
		return {
			...here,
			baselineBad: there.bad,
			baselineTotal: there.total
		};
	};
}
const smallestControl = .05;
function hasControl({ total, baselineTotal }) {
	return baselineTotal > 0 && baselineTotal >= smallestControl * total;
}
function sumOf(intervals) {
	const sum = {
		bad: 0,
		total: 0,
		baselineBad: 0,
		baselineTotal: 0
	};
	for (const interval of intervals) {
		sum.bad += interval.bad;
		sum.total += interval.total;
		sum.baselineBad += interval.baselineBad;
		sum.baselineTotal += interval.baselineTotal;
	}
	return sum;
}
function describeCounts({ metric, bad, total, baselineBad, baselineTotal }, dispersion) {
	return `${`${metric}: ${bad} of ${total} requests (${formatPercent(rate(bad, total))})`}${baselineTotal === 0 ? "" : ` against ${baselineBad} of ${baselineTotal} (${formatPercent(rate(baselineBad, baselineTotal))})`}${dispersion == null || dispersion.icc === 0 ? "" : `, overdispersion ${dispersion.dispersion.toFixed(1)}`}`;
}
function rate(bad, total) {
	return total === 0 ? 0 : bad / total;
}
function describeEvidence({ largest }, threshold) {
	return `E = ${formatE(largest)} reached ${formatE(threshold)}`;
}
function formatE(logarithm) {
	if (logarithm > Math.log(1e6)) return `10^${Math.floor(logarithm / Math.LN10)}`;
	const value = Math.exp(logarithm);
	return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
function formatPercent(share) {
	return `${Number((100 * share).toPrecision(3))} %`;
}
// core/src/analysis/summary.ts
const signs = {
	pass: "✅",
	fail: "❌",
	inconclusive: "❔"
};
const chartPoints = 40;
function describeAnalysis(handle, analyzed) {
	const { outcome, reason, answers, last, bundle, timeline } = analyzed;
	return [
		`### ${signs[outcome]} Rollout ${outcome}: ${reason}`,
		"",
		describeHandle(handle),
		"",
		...answers.length === 0 ? [] : [
			"#### Steps",
			"",
			"| production traffic | answer | after | verdict |",
			"|---|---|---|---|",
			...answers.map(({ productionWeight, action, seconds, outcome: verdict, reason: why }) => `| ${weightBar(productionWeight)} | ${action} | ${seconds.toFixed(0)} s | ${signs[verdict]} ${why} |`),
			""
		],
		...last == null ? [] : describeMetrics(last.metrics, bundle.looks.length),
		"#### History",
		"",
		describeTimeline(timeline),
		"",
		`Replay: \`sluice judge replay <bundle>\` decides the same from the counts alone. False roll backs are at most ${100 * bundle.settings.alpha} %, over all looks.`
	].join("\n");
}
function describeMetrics(metrics, looks) {
	const counted = metrics.filter(({ failPath }) => failPath.length > 0);
	return [
		`#### Last of ${looks} looks`,
		"",
		"| metric | verdict | new revision | old revision | evidence to fail | evidence to pass | over time |",
		"|---|---|---|---|---|---|---|",
		...metrics.map((metric) => {
			const { bad, total, baselineBad, baselineTotal, outcome, passThreshold, failThreshold } = metric;
			const fail = failThreshold === 0 ? "" : `${formatE(metric.failEvidence)} of ${formatE(failThreshold)}`;
			const pass = passThreshold === 0 ? "" : `${formatE(metric.passEvidence)} of ${formatE(passThreshold)}`;
			const old = baselineTotal === 0 ? "" : `${baselineBad} of ${baselineTotal}`;
			return `| ${metric.metric} | ${signs[outcome]} ${outcome} | ${bad} of ${total} | ${old} | ${fail} | ${pass} | ${sparkline(metric.failPath, failThreshold)} |`;
		}),
		"",
		...counted.slice(0, 1).flatMap(() => drawEvidence(counted))
	];
}
const bars = "▁▂▃▄▅▆▇█";
function sparkline(path, threshold, width = 24) {
	return thin(path, width).map((value) => bars[Math.min(7, Math.max(0, Math.floor(value / threshold * 7)))]).join("");
}
function drawEvidence(metrics) {
	const toTen = (value) => Number((value / Math.LN10).toFixed(2));
	const threshold = toTen(metrics[0]?.failThreshold ?? 0);
	const paths = metrics.map(({ failPath }) => thin(failPath, chartPoints).map(toTen));
	const longest = Math.max(...paths.map(({ length }) => length));
	if (longest < 2) return [];
	const low = Math.max(-3, Math.floor(Math.min(0, ...paths.flat())));
	const high = Math.ceil(Math.max(threshold, Math.min(6, ...paths.map((path) => Math.max(...path)))) + .5);
	return [
		"```mermaid",
		"xychart-beta",
		`  title "Evidence to fail (${metrics.map(({ metric }) => metric).join(", ")}) against the threshold"`,
		`  x-axis "periods" 1 --> ${longest}`,
		`  y-axis "log10 E" ${low} --> ${high}`,
		...paths.map((path) => `  line [${path.map((value) => Math.min(high, Math.max(low, value))).join(", ")}]`),
		`  line [${Array.from({ length: longest }, () => threshold).join(", ")}]`,
		"```",
		""
	];
}
function thin(values, width) {
	if (values.length <= width) return values;
	return Array.from({ length: width }, (_, index) => values[Math.floor((index + 1) * values.length / width) - 1] ?? 0);
}
// core/src/analysis/bundle.ts
var import_dist_cjs = require_dist_cjs$1();
const settingsSchema = strictObject({
	alpha: number(),
	tolerance: number(),
	maxRatio: number(),
	ceiling: strictObject({
		errors: number(),
		slow: number()
	}),
	metrics: array(_enum(metricNames))
});
const lookSchema = strictObject({
	at: datetime(),
	stage: string(),
	productionWeight: number(),
	purpose: _enum(["step", "watch"]),
	passFrom: datetime(),
	measurements: array(measurementSchema),
	outcome: _enum(verdictOutcomes),
	reason: string()
});
const timelineSchema = strictObject({
	at: datetime(),
	phase: string(),
	stage: string(),
	productionWeight: number(),
	tasks: string()
});
const stepSchema = strictObject({
	at: datetime(),
	stage: string(),
	productionWeight: number(),
	action: _enum(["CONTINUE", "ROLLBACK"]),
	seconds: number(),
	outcome: _enum(verdictOutcomes),
	reason: string()
});
strictObject({
	version: literal(1),
	handle: rolloutHandleSchema,
	settings: settingsSchema,
	gates: array(gateResultSchema),
	looks: array(lookSchema),
	steps: array(stepSchema),
	timeline: array(timelineSchema),
	outcome: _enum(verdictOutcomes),
	reason: string()
});
function mergeMeasurements(earlier, later) {
	return [...new Map([...earlier, ...later].map((measurement) => [measurement.start, measurement])).values()].sort((a, b) => a.start.localeCompare(b.start));
}
function changedMeasurements(before, now) {
	const known = new Map(before.map((measurement) => [measurement.start, JSON.stringify(measurement)]));
	return now.filter((measurement) => known.get(measurement.start) !== JSON.stringify(measurement));
}
// core/src/analysis/analyze.ts
const watchedIntervalsAfterRolling = 3;
async function analyzeRollout(ports, request) {
	return new RolloutAnalysis(ports, request).run();
}
var RolloutAnalysis = class {
	#ports;
	#request;
	#timeline;
	#looks = [];
	#answers = [];
	#measurements = [];
	#lastLook = 0;
	#last;
	#step;
	#decided;
	constructor(ports, request) {
		this.#ports = ports;
		this.#request = request;
		this.#timeline = new Timeline((line) => ports.report(line));
	}
	async run() {
		const { handle, analysis } = this.#request;
		for (;;) {
			const view = await readRollout(this.#ports.deployments, handle);
			this.#timeline.add(this.#ports.clock.now(), view);
			if (isFinished(view.state)) return this.#finish(view);
			if (this.#decided == null || this.#decided.outcome === "pass") await this.#attend(view);
			await this.#ports.clock.sleep(pollMilliseconds(analysis.interval, this.#ports.random()));
		}
	}
	async #attend(view) {
		const { state, deployment } = view;
		const weight = productionWeight(deployment);
		if (state.phase === "rolling-back") return;
		if (state.phase !== "paused") {
			this.#step = void 0;
			if (weight > 0) await this.#watch(view, weight);
			return;
		}
		const { hookId } = state.hook;
		if (this.#step?.hookId !== hookId) this.#step = {
			hookId,
			since: this.#ports.clock.now()
		};
		if (weight === 0) {
			const verdict = decideGates(this.#request.requiredGates, this.#request.gates);
			await this.#answer(view, hookId, verdict, verdict.outcome === "pass" ? "CONTINUE" : "ROLLBACK");
			return;
		}
		const verdict = await this.#look(view, weight, "step", this.#step.since);
		if (!verdict) return;
		const waited = (this.#ports.clock.now().getTime() - this.#step.since.getTime()) / 1e3;
		if (verdict.outcome === "pass") await this.#answer(view, hookId, verdict, "CONTINUE");
		else if (verdict.outcome === "fail") await this.#answer(view, hookId, verdict, "ROLLBACK");
		else if (waited >= this.#request.analysis.timeout) {
			const late = {
				outcome: "inconclusive",
				reason: `undecided after ${describeDuration(this.#request.analysis.timeout)}: ${verdict.reason}`
			};
			await this.#answer(view, hookId, late, "ROLLBACK");
		}
	}
	async #watch(view, weight) {
		const verdict = await this.#look(view, weight, "watch", new Date(this.#request.handle.startedAt));
		if (verdict?.outcome !== "fail") return;
		this.#decided = verdict;
		this.#ports.report(`rolling back: ${verdict.reason}`);
		await this.#ports.deployments.stop(this.#request.handle.serviceDeploymentArn);
	}
	async #answer(view, hookId, verdict, action) {
		if (action === "ROLLBACK") this.#decided = verdict;
		const since = this.#step?.since ?? this.#ports.clock.now();
		const isOurs = await this.#ports.deployments.answer(this.#request.handle.serviceDeploymentArn, hookId, action);
		const at = this.#ports.clock.now();
		this.#answers.push({
			outcome: verdict.outcome,
			reason: verdict.reason,
			at: at.toISOString(),
			stage: view.state.stage,
			productionWeight: productionWeight(view.deployment),
			action,
			seconds: (at.getTime() - since.getTime()) / 1e3
		});
		this.#ports.report(`${action}${isOurs ? "" : " (answered already)"}: ${verdict.reason}`);
	}
	async #look(view, weight, purpose, passFrom) {
		const { handle, analysis } = this.#request;
		const at = this.#ports.clock.now();
		if (at.getTime() - this.#lastLook < analysis.interval * 1e3) return void 0;
		this.#lastLook = at.getTime();
		const read = await this.#ports.measure();
		const changed = changedMeasurements(this.#measurements, read);
		this.#measurements = mergeMeasurements(this.#measurements, read);
		const verdict = judge(this.#measurements, this.#settings(), {
			failFrom: new Date(handle.startedAt),
			passFrom
		});
		this.#last = verdict;
		this.#looks.push({
			at: at.toISOString(),
			stage: view.state.stage,
			productionWeight: weight,
			purpose,
			passFrom: passFrom.toISOString(),
			measurements: [...changed],
			outcome: verdict.outcome,
			reason: verdict.reason
		});
		this.#ports.report(`look ${this.#looks.length} at ${Math.round(weight)} %: ${verdict.outcome}: ${verdict.reason}`);
		return verdict;
	}
	#settings() {
		const { handle, analysis } = this.#request;
		const { alpha, tolerance, maxRatio, ceiling } = analysis;
		return {
			alpha,
			tolerance,
			maxRatio,
			ceiling,
			metrics: handle.strategy === "ROLLING" ? analysis.metrics.filter((metric) => metric !== "target-health") : analysis.metrics
		};
	}
	async #finish(view) {
		if (view.state.phase === "landed" && this.#request.handle.strategy === "ROLLING") await this.#watchLanded(view);
		const verdict = await this.#conclude(view);
		return {
			...verdict,
			view,
			timeline: this.#timeline.entries,
			answers: this.#answers,
			last: this.#last,
			bundle: {
				version: 1,
				handle: this.#request.handle,
				settings: this.#settings(),
				gates: [...this.#request.gates],
				looks: this.#looks,
				steps: this.#answers,
				timeline: this.#timeline.entries,
				outcome: verdict.outcome,
				reason: verdict.reason
			}
		};
	}
	async #watchLanded(view) {
		const { analysis, handle } = this.#request;
		for (let count = 0; count < watchedIntervalsAfterRolling; count++) {
			await this.#ports.clock.sleep(analysis.interval * 1e3);
			const verdict = await this.#look(view, 100, "watch", new Date(handle.startedAt));
			if (verdict?.outcome === "fail") {
				this.#decided = verdict;
				return;
			}
		}
	}
	async #conclude(view) {
		if (this.#decided) return {
			outcome: this.#decided.outcome,
			reason: this.#decided.reason
		};
		if (view.state.phase !== "landed") return {
			outcome: "fail",
			reason: `${view.state.phase}: ${view.state.reason}`
		};
		const approved = this.#request.handle.image.slice(this.#request.handle.image.indexOf("@") + 1);
		const running = await this.#ports.runningDigests();
		const foreign = running.filter((digest) => digest !== approved);
		if (running.length === 0) return {
			outcome: "fail",
			reason: "landed, but ECS names no running digest to compare"
		};
		if (foreign.length > 0) return {
			outcome: "fail",
			reason: `landed, but ${foreign.join(", ")} runs where ${approved} was approved`
		};
		const gates = decideGates(this.#request.requiredGates, this.#request.gates);
		if (this.#request.handle.strategy === "ROLLING" && gates.outcome !== "pass") return gates;
		return {
			outcome: "pass",
			reason: `landed with the approved digest; ${this.#last == null ? "nothing was measured after the shift" : this.#last.reason}`
		};
	}
};
// src/aws/running-digests.ts
async function readRunningDigests(ecs, { cluster, ecsService, service }, revisionArn) {
	const container = names.container(service);
	const revision = await readServiceRevision(ecs, revisionArn);
	const tasks = await listServiceTasks(ecs, cluster, ecsService, "RUNNING");
	const digests = [...(revision.containerImages ?? []).filter(({ containerName }) => containerName === container), ...tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").flatMap(({ containers }) => containers?.filter(({ name }) => name === container) ?? [])].map(({ imageDigest }) => imageDigest);
	return [...new Set(digests.filter((digest) => digest != null))];
}
// src/aws/target-group-metrics.ts
var import_dist_cjs$1 = require_dist_cjs();
const perTargetGroup = (slowMilliseconds) => [
	[
		"requests",
		"RequestCount",
		"Sum"
	],
	[
		"errors",
		"HTTPCode_Target_5XX_Count",
		"Sum"
	],
	[
		"connectionErrors",
		"TargetConnectionErrorCount",
		"Sum"
	],
	[
		"slow",
		"TargetResponseTime",
		`TC(${slowMilliseconds / 1e3}:)`
	],
	[
		"healthyHosts",
		"HealthyHostCount",
		"Minimum"
	],
	[
		"unhealthyHosts",
		"UnHealthyHostCount",
		"Maximum"
	]
];
async function readMeasurements(cloudwatch, service, from, until) {
	const period = service.periodSeconds * 1e3;
	const start = new Date(Math.floor(from.getTime() / period) * period);
	const end = new Date(Math.floor(until.getTime() / period) * period);
	if (end <= start) return [];
	const values = await readValues(cloudwatch, queriesFor(service), start, end);
	const rows = [];
	for (let time = start.getTime(); time < end.getTime(); time += period) {
		const arm = (prefix) => armAt(values, prefix, time);
		const canary = arm("canary");
		const baseline = service.baseline == null ? void 0 : arm("baseline");
		const loadBalancerErrors = values.get("elb_errors")?.get(time) ?? 0;
		if ([canary, baseline ?? noCounts].every((counts) => JSON.stringify(counts) === JSON.stringify(noCounts)) && loadBalancerErrors === 0) continue;
		rows.push({
			start: new Date(time).toISOString(),
			seconds: service.periodSeconds,
			canary,
			...baseline == null ? {} : { baseline },
			loadBalancerErrors
		});
	}
	return rows;
}
function armAt(values, prefix, time) {
	const count = (name) => values.get(`${prefix}_${name}`)?.get(time);
	const healthyHosts = count("healthyHosts");
	const unhealthyHosts = count("unhealthyHosts");
	return {
		requests: count("requests") ?? 0,
		errors: count("errors") ?? 0,
		connectionErrors: count("connectionErrors") ?? 0,
		slow: count("slow") ?? 0,
		...healthyHosts == null ? {} : { healthyHosts },
		...unhealthyHosts == null ? {} : { unhealthyHosts }
	};
}
function queriesFor({ loadBalancer, canary, baseline, slowMilliseconds, periodSeconds }) {
	const query = (id, name, stat, targetGroup) => ({
		Id: id,
		MetricStat: {
			Metric: {
				Namespace: "AWS/ApplicationELB",
				MetricName: name,
				Dimensions: [...targetGroup == null ? [] : [{
					Name: "TargetGroup",
					Value: targetGroup
				}], {
					Name: "LoadBalancer",
					Value: loadBalancer
				}]
			},
			Period: periodSeconds,
			Stat: stat
		}
	});
	return [...[["canary", canary], ...baseline == null ? [] : [["baseline", baseline]]].flatMap(([arm, targetGroup]) => perTargetGroup(slowMilliseconds).map(([key, name, stat]) => query(`${arm}_${key}`, name, stat, targetGroup))), query("elb_errors", "HTTPCode_ELB_5XX_Count", "Sum")];
}
async function readValues(cloudwatch, queries, StartTime, EndTime) {
	const values = new Map();
	let NextToken;
	do {
		const page = await cloudwatch.send(new import_dist_cjs$1.GetMetricDataCommand({
			MetricDataQueries: queries,
			StartTime,
			EndTime,
			ScanBy: "TimestampAscending",
			NextToken
		}));
		for (const result of page.MetricDataResults ?? []) addValues(values, result);
		NextToken = page.NextToken;
	} while (NextToken != null);
	return values;
}
function addValues(values, { Id = "", Timestamps, Values, StatusCode, Messages }) {
	if (StatusCode === "InternalError" || StatusCode === "Forbidden") {
		const why = (Messages ?? []).map(({ Value }) => Value).join("; ");
		throw new Error(`CloudWatch could not read ${Id} (${StatusCode}): ${why || "no reason given"}`);
	}
	const ofQuery = values.get(Id) ?? new Map();
	for (const [index, time] of (Timestamps ?? []).entries()) ofQuery.set(time.getTime(), Values?.[index] ?? 0);
	values.set(Id, ofQuery);
}
// src/aws/analyze-rollout.ts
const historyIntervals = 30;
async function analyzeRolloutOnAws(clients, clock, request, slo, report) {
	const { handle, analysis } = request;
	const deployments = serviceDeployments(clients.ecs);
	const { target, sources } = await deployments.read(handle.serviceDeploymentArn);
	const measured = await findMeasuredService(clients, target.arn, sources[0]?.arn);
	const from = new Date(new Date(handle.startedAt).getTime() - historyIntervals * analysis.interval * 1e3);
	const settings = {
		slowMilliseconds: slo.latency.under,
		periodSeconds: metricPeriodSeconds(analysis.interval)
	};
	return analyzeRollout({
		deployments,
		clock,
		report,
		random: () => Math.random(),
		measure: async () => measured == null ? [] : readMeasurements(clients.cloudwatch, {
			...measured,
			...settings
		}, from, clock.now()),
		runningDigests: () => readRunningDigests(clients.ecs, handle, target.arn)
	}, request);
}
async function findMeasuredService({ ecs, elb }, targetRevisionArn, sourceRevisionArn) {
	const target = await readServiceRevision(ecs, targetRevisionArn);
	const canary = targetGroupOf(target);
	if (canary == null) return void 0;
	const source = sourceRevisionArn == null ? void 0 : await readServiceRevision(ecs, sourceRevisionArn);
	const baseline = source && targetGroupOf(source);
	const rule = target.resolvedConfiguration?.loadBalancers?.[0]?.productionListenerRule;
	return {
		loadBalancer: (rule == null ? void 0 : /:listener-rule\/((?:app|net)\/[^/]+\/[^/]+)\//.exec(rule)?.[1]) ?? await loadBalancerOf(elb, canary),
		canary: dimensionOf(canary),
		...baseline == null || baseline === canary ? {} : { baseline: dimensionOf(baseline) }
	};
}
async function loadBalancerOf(elb, targetGroupArn) {
	const { TargetGroups } = await elb.send(new import_dist_cjs.DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] }));
	const arn = TargetGroups?.[0]?.LoadBalancerArns?.[0];
	if (arn == null) throw new Error(`expected ${targetGroupArn} behind a load balancer, found none`);
	return dimensionOf(arn);
}
// src/contracts/analyze-rollout.ts
const contract = defineContract({
	handle: jsonInput(rolloutHandleSchema),
	gates: gateResultsInput.default([]),
	"bundle-path": string().default("judge/bundle.json"),
	role: roleInput.optional()
}, [
	"outcome",
	"reason",
	"bundle"
]);
// src/runner/write-file.ts
async function writeJsonFile(path, value) {
	const file = resolve(workspace(), path);
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
	return file;
}
// src/analyze-rollout.ts
await runAction("Analyze rollout", async () => {
	const { handle, gates, role, "bundle-path": path } = readInputs(contract.inputs);
	const { service } = findService(await readDesiredState(), handle.environment, handle.service);
	const clients = awsClients({
		region: handle.region,
		role
	});
	const request = {
		handle,
		analysis: service.analysis,
		requiredGates: requiredGates(service),
		gates
	};
	const analyzed = await analyzeRolloutOnAws(clients, systemClock, request, service.slo, (line) => info(line));
	const bundle = await writeJsonFile(path, analyzed.bundle);
	setOutputs(contract, {
		outcome: analyzed.outcome,
		reason: analyzed.reason,
		bundle
	});
	const hasFailed = analyzed.outcome !== "pass";
	const diagnosis = hasFailed ? describeDiagnosis(await readDiagnosis(clients, handle, analyzed.view)) : "";
	await writeSummary(`${describeAnalysis(handle, analyzed)}\n\n${diagnosis}`);
	if (hasFailed) failStep("Analyze rollout", `${analyzed.outcome}: ${analyzed.reason}`);
});
export {};
