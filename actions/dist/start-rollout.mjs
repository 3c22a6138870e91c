import { s as info } from "./shared/github.mjs";
import { $t as names, An as describeHandle, Cn as metricPeriodSeconds, Ct as setOutputs, Dt as findService, En as belowCeiling, Fn as parseDuration, Ht as writeSummary, I as readStack, Jt as oneOffTasks, Kt as roleInput, L as taskDefinitions, Mt as formatImageReference, Pn as describeDuration, Qt as serviceDeployments, R as holds, Rt as systemClock, St as runAction, V as pullHost, Wt as defineContract, Xt as awsClients, Yt as readLastLogLines, _n as pollMilliseconds, ct as clusterName, in as ecsServices, jn as describePlan, kt as readDesiredState, lt as ecsServiceName, nn as readListenerRule, o as definitionTags, on as readServiceRevision, ot as finalStatuses, rn as readRouting, s as renderTaskDefinitions, sn as targetGroupOf, st as revisionIdOf, tn as dimensionOf, un as ConfigurationError, wt as readInputs, xn as countMetrics, z as readTaskSkeleton } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
import { Y as require_dist_cjs, f as require_dist_cjs$1 } from "./shared/aws.mjs";
import { createHash } from "node:crypto";
// core/src/analysis/sample-plan.ts
function planSamples(analysis, { requestsPerSecond, percent }) {
	const limits = countMetrics.filter((metric) => analysis.metrics.includes(metric)).map((metric) => analysis.ceiling[metric]);
	const needed = Math.max(0, ...limits.map((ceiling) => cleanRequestsToPass({
		...analysis,
		ceiling
	}, analysis.alpha)));
	const perSecond = requestsPerSecond * percent / 100;
	const expected = Math.floor(perSecond * analysis.timeout);
	return {
		needed,
		expected,
		seconds: needed === 0 ? 0 : Math.ceil(needed / perSecond),
		canDecide: expected >= needed
	};
}
function cleanRequestsToPass(settings, alpha) {
	const suffices = (total) => belowCeiling([{
		bad: 0,
		total,
		baselineBad: 0,
		baselineTotal: 0
	}], settings).largest >= Math.log(1 / alpha);
	let high = 1;
	while (!suffices(high)) high *= 2;
	let low = 0;
	while (high - low > 1) {
		const middle = Math.floor((low + high) / 2);
		if (suffices(middle)) high = middle;
		else low = middle;
	}
	return high;
}
// core/src/rollout/deployment-configuration.ts
const pauseStages = ["POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT"];
function deploymentConfiguration(rollout) {
	return {
		strategy: rollout.strategy,
		minimumHealthyPercent: rollout.strategy === "ROLLING" ? rollout.minimumHealthyPercent : 100,
		maximumPercent: rollout.strategy === "ROLLING" ? rollout.maximumPercent : 200,
		...rollout.strategy === "ROLLING" && rollout.bakeTime === 0 ? {} : { bakeTimeInMinutes: rollout.bakeTime },
		...rollout.strategy === "LINEAR" ? { linearConfiguration: {
			stepPercent: rollout.stepPercent,
			stepBakeTimeInMinutes: rollout.stepBakeTime
		} } : {},
		...rollout.strategy === "CANARY" ? { canaryConfiguration: {
			canaryPercent: rollout.canaryPercent,
			canaryBakeTimeInMinutes: rollout.canaryBakeTime
		} } : {},
		deploymentCircuitBreaker: {
			enable: true,
			rollback: true,
			thresholdConfiguration: rollout.breaker
		},
		alarms: {
			alarmNames: rollout.alarms,
			enable: rollout.alarms.length > 0,
			rollback: rollout.alarms.length > 0
		},
		lifecycleHooks: rollout.strategy === "ROLLING" ? [] : [{
			targetType: "PAUSE",
			lifecycleStages: pauseStages,
			timeoutConfiguration: {
				timeoutInMinutes: rollout.pauses.timeout,
				action: "ROLLBACK"
			}
		}]
	};
}
function firstComparedPercent(rollout) {
	if (rollout.strategy === "LINEAR") return rollout.stepPercent < 100 ? rollout.stepPercent : void 0;
	if (rollout.strategy === "CANARY") return rollout.canaryPercent < 100 ? rollout.canaryPercent : void 0;
}
function loadBalancersToSend(rollout, skeleton, current) {
	const wanted = skeleton.loadBalancing;
	if (rollout.strategy === "ROLLING" || wanted == null) return void 0;
	const advanced = current[0]?.advancedConfiguration;
	const declared = new Set([current[0]?.targetGroupArn, advanced?.alternateTargetGroupArn]);
	if (current.length === 1 && declared.has(wanted.targetGroupArn) && declared.has(wanted.alternateTargetGroupArn) && advanced?.productionListenerRule === wanted.productionListenerRule && advanced.testListenerRule === wanted.testListenerRule && advanced.roleArn === wanted.roleArn) return void 0;
	const { targetGroupArn, ...advancedConfiguration } = wanted;
	return [{
		targetGroupArn,
		containerName: skeleton.containerName,
		containerPort: skeleton.containerPort,
		advancedConfiguration
	}];
}
// core/src/rollout/preflight.ts
function checkPreflight({ environment, name, service, skeleton }, facts) {
	const problems = [];
	const location = { file: `environments/${environment}/${name}.yaml` };
	const active = facts.deployments.find(({ status }) => !finalStatuses.includes(status));
	if (active) problems.push({
		message: `expected no deployment in flight, found ${active.arn} (${active.status})`,
		hint: "wait for it, or roll it back; a second update would stop it half way"
	});
	if (facts.stack?.status.endsWith("_IN_PROGRESS") && facts.stack.status !== "REVIEW_IN_PROGRESS") problems.push({
		message: `expected the stack ${facts.stack.name} at rest, found ${facts.stack.status}`,
		hint: "wait for the infra run to end, then run this job again"
	});
	const { image } = service.release;
	if (facts.hold?.digest === image.digest) problems.push({
		message: `${image.digest} is held in ${environment} since ${facts.hold.at}: ${facts.hold.reason}`,
		location,
		hint: "promote another release, or remove the hold when its cause is mended"
	});
	if (!facts.isImageThere) problems.push({
		message: `expected the image ${formatImageReference(image)} in the registry of ${environment}, found none`,
		location,
		hint: "the build pushes it; check its digest and the replication to this account and region"
	});
	for (const alarm of service.rollout.alarms) {
		const state = facts.alarms[alarm];
		if (state == null) problems.push({
			message: `expected the alarm ${alarm}, found none`,
			location
		});
		if (state === "ALARM") problems.push({
			message: `the alarm ${alarm} is in ALARM already, so ECS would ignore it`,
			hint: "mend its cause first"
		});
	}
	if (service.rollout.strategy !== "ROLLING") problems.push(...checkRouting(skeleton, facts.routing));
	problems.push(...checkTraffic(service, facts.requestsPerSecond, location));
	return problems;
}
function checkRouting({ loadBalancing }, routing) {
	if (!loadBalancing || !routing) return [{
		message: "expected two target groups and listener rules in the task skeleton, found none",
		hint: "deploy infra with a load balancer for it, or use ROLLING"
	}];
	const problems = [];
	const own = [loadBalancing.targetGroupArn, loadBalancing.alternateTargetGroupArn];
	const attached = [...routing.production, ...routing.test];
	const serving = routing.production.filter(({ weight }) => weight > 0);
	for (const { targetGroupArn } of attached) if (!own.includes(targetGroupArn)) problems.push({ message: `a listener rule of this service points at the foreign target group ${targetGroupArn}` });
	for (const targetGroupArn of own) if (!attached.some((target) => target.targetGroupArn === targetGroupArn)) problems.push({ message: `expected ${targetGroupArn} in the production or the test rule, found it in neither` });
	if (serving.length !== 1 || !serving[0]) {
		const found = serving.map(({ targetGroupArn, weight }) => `${targetGroupArn} (${weight})`).join(", ") || "none";
		problems.push({ message: `expected exactly one target group that serves production, found ${found}` });
		return problems;
	}
	const { targetGroupArn } = serving[0];
	if ((routing.healthyTargets[targetGroupArn] ?? 0) === 0) problems.push({ message: `expected healthy targets in ${targetGroupArn}, which serves production, found none` });
	if (routing.servingByRevision != null && routing.servingByRevision !== targetGroupArn) problems.push({
		message: `production points at ${targetGroupArn}, but the running revision is in ${routing.servingByRevision}`,
		hint: "the listener rule was changed by hand or by a stack update; set its weights back first"
	});
	return problems;
}
function checkTraffic({ rollout, analysis }, requestsPerSecond, location) {
	const percent = firstComparedPercent(rollout);
	if (percent == null) return [];
	const plan = planSamples(analysis, {
		requestsPerSecond,
		percent
	});
	if (plan.canDecide) return [];
	const traffic = `${requestsPerSecond.toFixed(1)} requests a second x ${percent} %`;
	const needs = Number.isFinite(plan.seconds) ? `takes ${describeDuration(plan.seconds)}` : "never comes";
	return [{
		message: `the traffic is too thin for the judge: ${traffic} for ${describeDuration(analysis.timeout)} gives the new revision ${plan.expected} requests, and a pass needs ${plan.needed} without a bad one, which ${needs}`,
		location,
		hint: "raise analysis.timeout or the first step, or use BLUE_GREEN, which decides before the shift"
	}];
}
// core/src/rollout/migrate.ts
const defaultTimeout = "15m";
async function migrate(tasks, clock, migration, lastLines) {
	const { cluster, taskDefinitionArn, network, token } = migration;
	const limit = parseDuration(migration.timeout ?? defaultTimeout);
	const deadline = clock.now().getTime() + limit * 1e3;
	let task = await tasks.run(cluster, taskDefinitionArn, network, token);
	while (task.lastStatus !== "STOPPED") {
		if (clock.now().getTime() > deadline) throw new Error(`the migrations task ${task.arn} is ${task.lastStatus} after ${limit} seconds; nothing was rolled out`);
		await clock.sleep(migration.pollMilliseconds);
		task = await tasks.read(cluster, task.arn);
	}
	const failed = task.containers.find(({ exitCode }) => exitCode !== 0);
	if (!failed && task.containers.length > 0) return task;
	const exit = failed?.exitCode == null ? "did not run" : `exited with ${failed.exitCode}`;
	const why = [failed?.reason, task.stoppedReason].filter((text) => text != null && text !== "").join("; ");
	const lines = await lastLines(task.arn);
	throw new Error([`the migrations task ${task.arn} ${exit}${why === "" ? "" : ` (${why})`}; nothing was rolled out`, ...lines.map((line) => `  ${line}`)].join("\n"));
}
// core/src/rollout/start.ts
const findWithinMilliseconds = 12e4;
const historyMilliseconds = 7776e6;
async function startRollout(ports, request) {
	const { cluster, ecsService, service, skeleton } = request;
	const current = await ports.services.read(cluster, ecsService);
	if (!current || current.status !== "ACTIVE") {
		const found = current ? `it is ${current.status}` : "there is none";
		throw new ConfigurationError([{
			message: `expected the ECS service ${ecsService} in cluster ${cluster}; ${found}`,
			hint: "deploy infra first"
		}]);
	}
	const wanted = renderTaskDefinitions(request.environment, request.serviceName, service, skeleton, request.imageHost);
	const there = await findRunning(ports, request, current, wanted.service);
	if (there) return there;
	const problems = await ports.preflight(current);
	if (problems.length > 0) throw new ConfigurationError(problems);
	if (wanted.migrate) {
		const taskDefinitionArn = await registered(ports, wanted.migrate);
		const network = current.network ?? {
			...skeleton.network,
			assignPublicIp: "DISABLED"
		};
		const task = await migrate(ports.tasks, ports.clock, {
			...request,
			taskDefinitionArn,
			network,
			timeout: service.migrate?.timeout
		}, (arn) => ports.lastLogLines(arn));
		ports.report(`migrations: exit code 0 (${task.arn})`);
	}
	const taskDefinitionArn = await registered(ports, wanted.service);
	const before = ports.clock.now();
	const updated = await ports.services.update(cluster, ecsService, {
		taskDefinitionArn,
		deploymentConfiguration: deploymentConfiguration(service.rollout),
		loadBalancers: loadBalancersToSend(service.rollout, skeleton, current.loadBalancers)
	});
	if (updated.primary?.taskDefinitionArn !== taskDefinitionArn) throw new Error(`ECS accepted ${taskDefinitionArn} for ${ecsService} and names no deployment of it`);
	const entry = await findDeployment(ports, request, revisionIdOf(updated.primary.id), before);
	ports.report(`service deployment ${entry.arn}`);
	return {
		how: "started",
		handle: handleOf(request, entry, taskDefinitionArn)
	};
}
async function findRunning(ports, request, current, wanted) {
	if (!current.primary) return void 0;
	const running = await ports.definitions.read(current.primary.taskDefinitionArn);
	if (running.tags[definitionTags.hash] !== hashOf(wanted)) return void 0;
	const since = new Date(ports.clock.now().getTime() - historyMilliseconds);
	const revisionId = revisionIdOf(current.primary.id);
	const entry = (await ports.deployments.list(request.cluster, request.ecsService, since)).find(({ revisionArn }) => revisionIdOf(revisionArn) === revisionId);
	if (!entry) return void 0;
	const handle = handleOf(request, entry, running.arn);
	if (entry.status === "SUCCESSFUL") return {
		how: "unchanged",
		handle
	};
	return finalStatuses.includes(entry.status) ? void 0 : {
		how: "resumed",
		handle
	};
}
async function registered(ports, input) {
	const newest = await ports.definitions.newest(input.family);
	if (newest && newest.tags[definitionTags.hash] === hashOf(input)) {
		ports.report(`task definition ${newest.arn} is used again`);
		return newest.arn;
	}
	const arn = await ports.definitions.register(input);
	ports.report(`task definition ${arn} registered`);
	return arn;
}
async function findDeployment({ deployments, clock }, { cluster, ecsService, pollMilliseconds }, revisionId, startedAt) {
	const since = new Date(startedAt.getTime() - 6e4);
	const deadline = clock.now().getTime() + findWithinMilliseconds;
	for (;;) {
		const entry = (await deployments.list(cluster, ecsService, since)).find(({ revisionArn }) => revisionIdOf(revisionArn) === revisionId);
		if (entry) return entry;
		if (clock.now().getTime() > deadline) throw new Error(`ECS accepted the update of ${ecsService} and lists no service deployment of revision ${revisionId} after 2 minutes; run this again to resume it`);
		await clock.sleep(Math.min(pollMilliseconds, 1e3));
	}
}
function hashOf({ tags }) {
	return tags.find(({ key }) => key === definitionTags.hash)?.value;
}
function handleOf(request, entry, taskDefinitionArn) {
	const { image } = request.service.release;
	return {
		environment: request.environment,
		service: request.serviceName,
		region: request.region,
		cluster: request.cluster,
		ecsService: request.ecsService,
		serviceDeploymentArn: entry.arn,
		revisionId: revisionIdOf(entry.revisionArn),
		taskDefinitionArn,
		strategy: request.service.rollout.strategy,
		image: `${image.repository}@${image.digest}`,
		startedAt: entry.createdAt.toISOString()
	};
}
// src/aws/preflight.ts
var import_dist_cjs = require_dist_cjs();
var import_dist_cjs$1 = require_dist_cjs$1();
const deploymentsMilliseconds = 2592e6;
async function readPreflightFacts(clients, subject, place, current, now) {
	const { environment, name, service, skeleton } = subject;
	const since = new Date(now.getTime() - deploymentsMilliseconds);
	const deployments = await serviceDeployments(clients.ecs).list(place.cluster, place.ecsService, since);
	const running = deployments.find(({ revisionArn, status }) => status === "SUCCESSFUL" && current.primary != null && revisionIdOf(revisionArn) === revisionIdOf(current.primary.id));
	const serving = running && targetGroupOf(await readServiceRevision(clients.ecs, running.revisionArn));
	const isCompared = firstComparedPercent(service.rollout) != null;
	const rule = skeleton.loadBalancing?.productionListenerRule;
	return {
		deployments,
		stack: await readStackState(clients.cloudformation, names.stack(environment, "service")),
		hold: await holds(clients.ssm).read(environment, name),
		isImageThere: await isImageThere(clients.ecr, place.artifactAccount, service.release.image),
		alarms: await readAlarmStates(clients.cloudwatch, service.rollout.alarms),
		routing: service.rollout.strategy === "ROLLING" ? void 0 : await readRouting(clients.elb, skeleton, serving),
		requestsPerSecond: isCompared && rule != null ? await readRequestRate(clients, rule, service.analysis.interval, now) : 0
	};
}
async function readStackState(client, name) {
	const state = await readStack(client, name);
	return state && {
		name,
		status: state.status
	};
}
async function isImageThere(ecr, registryId, { repository, digest }) {
	try {
		const { images } = await ecr.send(new import_dist_cjs$1.BatchGetImageCommand({
			registryId,
			repositoryName: repository,
			imageIds: [{ imageDigest: digest }]
		}));
		return (images ?? []).length > 0;
	} catch (error) {
		if (error instanceof Error && error.name === "RepositoryNotFoundException") return false;
		throw error;
	}
}
async function readAlarmStates(cloudwatch, names) {
	if (names.length === 0) return {};
	const { MetricAlarms, CompositeAlarms } = await cloudwatch.send(new import_dist_cjs.DescribeAlarmsCommand({
		AlarmNames: [...names],
		AlarmTypes: ["MetricAlarm", "CompositeAlarm"]
	}));
	const found = [...MetricAlarms ?? [], ...CompositeAlarms ?? []];
	return Object.fromEntries(found.map(({ AlarmName = "", StateValue }) => [AlarmName, StateValue]));
}
async function readRequestRate({ elb, cloudwatch }, ruleArn, intervalSeconds, now) {
	const { targets, loadBalancer } = await readListenerRule(elb, ruleArn);
	const serving = targets.find(({ weight }) => weight > 0);
	if (!serving) return 0;
	const period = metricPeriodSeconds(intervalSeconds);
	const end = new Date(Math.floor(now.getTime() / 1e3 / period) * period * 1e3);
	const start = new Date(end.getTime() - Math.max(600, 60 * intervalSeconds) * 1e3);
	const { MetricDataResults } = await cloudwatch.send(new import_dist_cjs.GetMetricDataCommand({
		StartTime: start,
		EndTime: end,
		ScanBy: "TimestampAscending",
		MetricDataQueries: [{
			Id: "requests",
			MetricStat: {
				Metric: {
					Namespace: "AWS/ApplicationELB",
					MetricName: "RequestCount",
					Dimensions: [{
						Name: "TargetGroup",
						Value: dimensionOf(serving.targetGroupArn)
					}, {
						Name: "LoadBalancer",
						Value: loadBalancer
					}]
				},
				Period: period,
				Stat: "Sum"
			}
		}]
	}));
	const { Timestamps = [], Values = [] } = MetricDataResults?.[0] ?? {};
	const first = Timestamps[0];
	if (!first) return 0;
	return Values.reduce((sum, value) => sum + value, 0) / Math.max(period, (end.getTime() - first.getTime()) / 1e3);
}
// src/aws/start-rollout.ts
async function startRolloutOnAws(clients, clock, { project, environmentName, environment, serviceName, service, run }, report) {
	const { region } = clients;
	const skeleton = await readTaskSkeleton(clients.ssm, environmentName, serviceName);
	const named = {
		name: environmentName,
		environment
	};
	const cluster = clusterName(named);
	const ecsService = ecsServiceName(named, serviceName);
	const subject = {
		environment: environmentName,
		name: serviceName,
		service,
		skeleton
	};
	const { handle, how } = await startRollout({
		services: ecsServices(clients.ecs),
		definitions: taskDefinitions(clients.ecs),
		deployments: serviceDeployments(clients.ecs),
		tasks: oneOffTasks(clients.ecs),
		clock,
		report,
		preflight: async (current) => checkPreflight(subject, await readPreflightFacts(clients, subject, {
			cluster,
			ecsService,
			artifactAccount: project.artifacts.account
		}, current, clock.now())),
		lastLogLines: (taskArn) => readLastLogLines(clients.logs, skeleton.logGroup, "migrate", skeleton.containerName, taskArn)
	}, {
		environment: environmentName,
		serviceName,
		service,
		skeleton,
		imageHost: pullHost(project, environment, region),
		region,
		cluster,
		ecsService,
		token: createHash("sha256").update(`${run} ${ecsService} ${service.release.image.digest}`).digest("hex"),
		pollMilliseconds: pollMilliseconds(service.analysis.interval, Math.random())
	});
	const rules = skeleton.loadBalancing;
	if (!rules) return {
		handle,
		how
	};
	const production = await readListenerRule(clients.elb, rules.productionListenerRule);
	const test = await readListenerRule(clients.elb, rules.testListenerRule);
	return {
		handle: {
			...handle,
			productionUrl: production.url,
			testUrl: test.url
		},
		how
	};
}
// src/contracts/start-rollout.ts
const contract = defineContract({
	environment: string(),
	service: string(),
	region: string().optional(),
	role: roleInput.optional()
}, [
	"handle",
	"production-url",
	"test-url",
	"unchanged"
]);
// src/start-rollout.ts
await runAction("Start rollout", async () => {
	const inputs = readInputs(contract.inputs);
	const state = await readDesiredState();
	const { environment, service } = findService(state, inputs.environment, inputs.service);
	const { handle, how } = await startRolloutOnAws(awsClients({
		region: inputs.region ?? environment.environment.regions[0] ?? "",
		role: inputs.role
	}), systemClock, {
		project: state.project,
		environmentName: environment.name,
		environment: environment.environment,
		serviceName: inputs.service,
		service,
		run: `${process.env["GITHUB_RUN_ID"] ?? "local"}.${process.env["GITHUB_RUN_ATTEMPT"] ?? "1"}`
	}, (line) => info(line));
	setOutputs(contract, {
		handle,
		"production-url": handle.productionUrl,
		"test-url": handle.testUrl,
		unchanged: how === "unchanged"
	});
	const said = {
		started: "🚀 Rollout started",
		resumed: "⏯️ Rollout resumed",
		unchanged: "✅ Runs already"
	}[how];
	const deployment = `Service deployment \`${handle.serviceDeploymentArn}\``;
	await writeSummary([
		`### ${said}`,
		describeHandle(handle),
		describePlan(service),
		deployment
	].join("\n\n"));
});
export {};
