import { s as info } from "./shared/github.mjs";
import { $t as names, At as workspace, Ct as setOutputs, F as cloudFormationStacks, Ft as deployableShared, Ht as writeSummary, It as shared, Kt as roleInput, L as taskDefinitions, Lt as adoptionOf, Mt as formatImageReference, Qt as serviceDeployments, R as holds, Rt as systemClock, St as runAction, Tt as findEnvironment, Ut as booleanInput, V as pullHost, Vt as markdownTable, Wt as defineContract, Xt as awsClients, Zt as clientConfiguration, at as inOrder, ct as clusterName, en as roleArn, ht as roleToAssume, in as ecsServices, it as readGolden, kt as readDesiredState, lt as ecsServiceName, nn as readListenerRule, nt as readServiceDrift, ot as finalStatuses, rt as readStackDrift, st as revisionIdOf, un as ConfigurationError, ut as describeDrift, wt as readInputs, z as readTaskSkeleton } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
import { J as require_dist_cjs$1, u as require_dist_cjs } from "./shared/aws.mjs";
import { t as require_dist_cjs$2 } from "./shared/s3.mjs";
import { createHash } from "node:crypto";
// core/src/stacks/first-parameters.ts
var import_dist_cjs = require_dist_cjs$1();
var import_dist_cjs$1 = require_dist_cjs$2();
const sources = {
	FirstImage: "give the environment a service whose release names an image (environments/<env>/<service>.yaml)",
	CollectorImage: "name the collector's image by its digest as `collector` in environments/project.yaml"
};
function firstParameters({ artifacts, collector }, { environment, services }, region) {
	const [first] = Object.values(services);
	const host = pullHost({ artifacts }, environment, region);
	return {
		...first ? { FirstImage: `${host}/${formatImageReference(first.release.image)}` } : {},
		...collector == null ? {} : { CollectorImage: collector }
	};
}
function checkParameters({ name, region, file }, template, before, values) {
	const { Parameters = {} } = JSON.parse(template);
	return Object.entries(Parameters).filter(([key, { Default }]) => Default == null && values[key] == null && !before?.parameters.includes(key)).map(([key]) => ({
		message: `${name} in ${region}: expected a value of ${key}, which the stack has not yet, found none`,
		location: { file: `infra/golden/${file}` },
		hint: sources[key] ?? "give the parameter a default"
	}));
}
// core/src/stacks/template-text.ts
const callLimitBytes = 51200;
const templateLimitBytes = 1e6;
const sizeOf = (template) => Buffer.byteLength(template);
const carriageOf = (template) => sizeOf(template) <= callLimitBytes ? "call" : "bucket";
const templateKey = (template) => `sluice/templates/${createHash("sha256").update(template).digest("hex")}.json`;
// core/src/stacks/deploy-stacks.ts
const pollMilliseconds = 5e3;
const limitMilliseconds = 1296e5;
const frozen = ["AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::ECS::TaskDefinition"];
async function deployStacks(ports, request) {
	const ordered = inOrder(request.stacks);
	const states = new Map();
	for (const stack of ordered) states.set(stack.id, await ports.stacks.read(stack));
	const atRest = ordered.filter(({ id }) => isThere(states.get(id)) && isAtRest(states.get(id)));
	refuse([
		...checkTemplates(request),
		...ordered.flatMap((stack) => checkState(stack, states.get(stack.id))),
		...ordered.flatMap((stack) => missingValues(request, stack, states.get(stack.id))),
		...await ports.findObstacles(atRest, "first")
	]);
	const urls = await keepTemplates(ports, ordered, request);
	const prepareStack = (stack) => prepare(ports, request, stack, {
		before: states.get(stack.id),
		templateUrl: urls.get(stack.id)
	});
	const prepared = new Map();
	for (const stack of ordered) if (isThere(states.get(stack.id))) prepared.set(stack.id, await prepareStack(stack));
	const results = [];
	const discardRest = async () => {
		const done = new Set(results.filter(({ outcome }) => outcome !== "waiting").map(({ stack }) => stack.id));
		for (const stack of ordered) if (prepared.get(stack.id)?.status === "ready" && !done.has(stack.id)) await ports.stacks.discard(stack, request.changeSet);
	};
	const takeBack = async (problems) => {
		if (problems.length === 0) return;
		await discardRest();
		refuse(problems);
	};
	await takeBack(ordered.flatMap((stack) => checkChanges(stack, prepared.get(stack.id))));
	for (const stack of ordered) {
		const known = prepared.get(stack.id);
		if (known?.status === "empty") results.push({
			stack,
			outcome: "unchanged",
			changes: []
		});
		else if (request.prepareOnly) results.push({
			stack,
			outcome: "prepared",
			changes: known?.changes ?? []
		});
		else if (results.some(({ outcome }) => outcome === "rolling-out")) results.push({
			stack,
			outcome: "waiting",
			changes: known?.changes ?? []
		});
		else {
			const ready = known ?? await prepareStack(stack);
			const touchesServices = ready.changes.some(({ type }) => reachesServices.test(type));
			if (touchesServices) await takeBack(await ports.findObstacles([], "again"));
			const mayRollOut = touchesServices && known != null;
			const outcome = await execute(ports, stack, request.changeSet, mayRollOut);
			results.push({
				stack,
				outcome,
				changes: ready.changes
			});
		}
	}
	if (results.some(({ outcome }) => outcome === "waiting")) await discardRest();
	return results;
}
const reachesServices = /^AWS::(ECS|ElasticLoadBalancingV2)::/;
const isAtRest = (state) => /^(CREATE|UPDATE|IMPORT)(_ROLLBACK)?_COMPLETE$/.test(state?.status ?? "");
const isThere = (state) => state != null && state.status !== "REVIEW_IN_PROGRESS";
function refuse(problems) {
	if (problems.length > 0) throw new ConfigurationError(problems);
}
function checkTemplates({ stacks, templates }) {
	return stacks.flatMap(({ file }) => {
		const text = templates.get(file);
		const location = { file: `infra/golden/${file}` };
		if (text == null) return [{
			message: "expected a golden template, found none",
			location,
			hint: "npm run generate"
		}];
		const size = sizeOf(text);
		if (size <= 1e6) return [];
		return [{
			message: `expected a template of at most ${templateLimitBytes} bytes, which is what CloudFormation takes out of a bucket, found ${size}`,
			location,
			hint: "split the stack"
		}];
	});
}
async function keepTemplates({ templateBucket, report }, stacks, { templates }) {
	const urls = new Map();
	for (const stack of stacks) {
		const text = templates.get(stack.file) ?? "";
		if (carriageOf(text) === "call") continue;
		report(`${stack.name} in ${stack.region}: keeping its template of ${sizeOf(text)} bytes for CloudFormation to read`);
		urls.set(stack.id, await templateBucket.keep(stack, {
			key: templateKey(text),
			text
		}));
	}
	return urls;
}
function missingValues({ templates, parametersOf }, stack, state) {
	const template = templates.get(stack.file);
	return template == null ? [] : checkParameters(stack, template, isThere(state) ? state : void 0, parametersOf(stack));
}
function checkState({ name, region }, state) {
	if (!state || !isThere(state) || isAtRest(state)) return [];
	return [{
		message: `expected the stack ${name} in ${region} at rest, found ${state.status}: ${state.reason}`,
		hint: state.status.endsWith("_IN_PROGRESS") ? "wait for it" : "bring it back to rest by hand first"
	}];
}
function checkChanges({ name, region }, changeSet) {
	return (changeSet?.changes ?? []).filter(({ type, action }) => frozen.includes(type) && action !== "Add").map(({ logicalId, type, action }) => ({
		message: `the change set of ${name} in ${region} would ${action.toLowerCase()} ${logicalId} (${type}), which the release owns`,
		hint: "a stack update would move traffic or revisions past every gate: take the change back"
	}));
}
async function prepare({ stacks, clock, report }, { templates, changeSet, parametersOf }, stack, { before, templateUrl }) {
	report(`${stack.name} in ${stack.region}: preparing ${changeSet}`);
	await stacks.prepare({
		stack,
		changeSet,
		template: templates.get(stack.file) ?? "",
		templateUrl,
		parameters: parametersOf(stack),
		before
	});
	const began = clock.now().getTime();
	for (;;) {
		const view = await stacks.describe(stack, changeSet);
		if (view.status === "failed") throw new Error(`${stack.name} in ${stack.region}: ${view.reason}`);
		if (view.status !== "pending") {
			if (view.status === "empty") await stacks.discard(stack, changeSet);
			return view;
		}
		if (clock.now().getTime() - began > 6e5) throw new Error(`${stack.name} in ${stack.region}: expected a change set within 10 minutes, found none`);
		await clock.sleep(pollMilliseconds);
	}
}
async function execute({ stacks, clock, report, isRollingOut }, stack, changeSet, mayRollOut) {
	await stacks.execute(stack, changeSet);
	const began = clock.now().getTime();
	let said = "";
	while (clock.now().getTime() - began < limitMilliseconds) {
		await clock.sleep(pollMilliseconds);
		const state = await stacks.read(stack);
		const status = state?.status ?? "gone";
		if (status !== said) report(`${stack.name} in ${stack.region}: ${status}`);
		said = status;
		if (status === "CREATE_COMPLETE" || status === "UPDATE_COMPLETE") return "deployed";
		if (!status.endsWith("_IN_PROGRESS")) throw new Error(`${stack.name} in ${stack.region} ended ${status}: ${state?.reason ?? "no reason given"}`);
		if (mayRollOut && status === "UPDATE_IN_PROGRESS" && await isRollingOut()) {
			report(`${stack.name} in ${stack.region}: has caused a rollout, which is followed from here`);
			return "rolling-out";
		}
	}
	throw new Error(`${stack.name} in ${stack.region} is not at rest after CloudFormation's own limit of 36 hours`);
}
// core/src/stacks/preflight.ts
function checkInfraPreflight(services, released) {
	return services.flatMap(({ environment, service, region, current, deployments, hold, newest }) => {
		if (!current) return [];
		const problems = [];
		const active = deployments.find(({ status }) => !finalStatuses.includes(status));
		if (active) problems.push({
			message: `${service} in ${environment}, ${region}: expected no rollout in flight, found ${active.arn} (${active.status})`,
			hint: "wait for it to end: a stack update would stop it half way"
		});
		if (hold && hold.digest === released(service)) problems.push({
			message: `${service} in ${environment}, ${region}: ${hold.digest} is held since ${hold.at}: ${hold.reason}`,
			hint: "merge the revert of the release lines first: git and what runs have to agree"
		});
		const running = current.primary?.taskDefinitionArn;
		if (!active && newest !== running) problems.push({
			message: `${service} in ${environment}, ${region}: expected the newest active revision to run, found ${newest ?? "none"} beside ${running ?? "nothing that runs"}`,
			hint: "deregister the revisions that no release runs: a stack update names the bare family and would start the newest"
		});
		return problems;
	});
}
function checkNoDrift(stacks, services) {
	return describeDrift(stacks, services).map((line) => ({
		message: `expected the environment as git says, found that it differs: ${line}`,
		hint: "take the change back by hand, or bring it to main and deliver it; drift.yml shows the same list"
	}));
}
// src/aws/role-chain.ts
var import_dist_cjs$2 = require_dist_cjs();
const renewBeforeMilliseconds = 3e5;
function chainedCredentials(sts, roleArn, sessionName, now = () => Date.now()) {
	let session;
	return async () => {
		if (session && now() < session.expiration.getTime() - renewBeforeMilliseconds) return session;
		const { Credentials: found } = await sts.send(new import_dist_cjs$2.AssumeRoleCommand({
			RoleArn: roleArn,
			RoleSessionName: sessionName
		}));
		if (!found?.AccessKeyId || !found.SecretAccessKey || !found.SessionToken || !found.Expiration) throw new Error(`expected credentials of ${roleArn}, found none in the answer of STS`);
		session = {
			accessKeyId: found.AccessKeyId,
			secretAccessKey: found.SecretAccessKey,
			sessionToken: found.SessionToken,
			expiration: found.Expiration
		};
		return session;
	};
}
// src/aws/bootstrap.ts
const bootstrapRole = (kind, account, region) => roleArn(account, `cdk-hnb659fds-${kind}-role-${account}-${region}`);
const bootstrapBucket = (account, region) => `cdk-hnb659fds-assets-${account}-${region}`;
function bootstrapClients({ account, role }, kind, make) {
	const made = new Map();
	return (region) => {
		const known = made.get(region);
		if (known) return known;
		const configuration = clientConfiguration({
			region,
			role
		}, process.env);
		const session = `sluice-${process.env["GITHUB_RUN_ID"] ?? "local"}`;
		const client = make(role == null ? configuration : {
			...configuration,
			credentials: chainedCredentials(awsClients({
				region,
				role
			}).sts, bootstrapRole(kind, account, region), session)
		});
		made.set(region, client);
		return client;
	};
}
// src/aws/infra-services.ts
const dayMilliseconds = 864e5;
async function readServiceFacts({ ecs, ssm, region }, state, now) {
	const { name: environment, services } = state;
	const cluster = clusterName(state);
	const facts = [];
	for (const service of Object.keys(services)) {
		const ecsName = ecsServiceName(state, service);
		const isAdopted = adoptionOf(state, region)?.services[service] != null;
		const current = await ecsServices(ecs).read(cluster, ecsName);
		facts.push({
			environment,
			service,
			region,
			current,
			deployments: current ? await serviceDeployments(ecs).list(cluster, ecsName, new Date(now.getTime() - 30 * dayMilliseconds)) : [],
			hold: await holds(ssm).read(environment, service),
			newest: isAdopted ? current?.primary?.taskDefinitionArn : current ? (await taskDefinitions(ecs).newest(names.taskFamily(environment, service)))?.arn : void 0
		});
	}
	return facts;
}
async function rolloutsSince({ ecs, elb, ssm, region }, state, since) {
	const { name: environment, services } = state;
	const cluster = clusterName(state);
	const handles = [];
	for (const [service, { release, rollout }] of Object.entries(services)) {
		const ecsService = ecsServiceName(state, service);
		const current = await ecsServices(ecs).read(cluster, ecsService);
		if (!current?.primary) continue;
		const [newest] = await serviceDeployments(ecs).list(cluster, ecsService, since);
		if (!newest || finalStatuses.includes(newest.status)) continue;
		const { loadBalancing: rules } = await readTaskSkeleton(ssm, environment, service);
		handles.push({
			environment,
			service,
			region,
			cluster,
			ecsService,
			serviceDeploymentArn: newest.arn,
			revisionId: revisionIdOf(newest.revisionArn),
			taskDefinitionArn: current.primary.taskDefinitionArn,
			strategy: rollout.strategy,
			image: `${release.image.repository}@${release.image.digest}`,
			startedAt: newest.createdAt.toISOString(),
			...rules && {
				productionUrl: (await readListenerRule(elb, rules.productionListenerRule)).url,
				testUrl: (await readListenerRule(elb, rules.testListenerRule)).url
			}
		});
	}
	return handles;
}
// src/aws/template-bucket.ts
const refusals = ["NoSuchBucket", "AccessDenied"];
function bootstrapTemplateBucket(clientOf) {
	return { async keep({ account, region }, { key, text }) {
		const bucket = bootstrapBucket(account, region);
		try {
			await clientOf(region).send(new import_dist_cjs$1.PutObjectCommand({
				Bucket: bucket,
				Key: key,
				Body: Buffer.from(text),
				ContentType: "application/json",
				ChecksumAlgorithm: "SHA256",
				ExpectedBucketOwner: account
			}));
		} catch (error) {
			if (!(error instanceof Error) || !refusals.includes(error.name)) throw error;
			const message = `expected to write to the bucket ${bucket} in ${region}, found: ${error.name}: ${error.message}`;
			const hint = `npx cdk bootstrap aws://${account}/${region} makes the bucket and the role that writes to it (docs/identity.md)`;
			throw new ConfigurationError([{
				message,
				hint
			}], { cause: error });
		}
		return `https://s3.${region}.amazonaws.com/${bucket}/${key}`;
	} };
}
// src/aws/deploy-infra.ts
async function deployInfra({ project, root, role, changeSet, prepareOnly }, environment, clock, report) {
	const began = clock.now();
	const { stacks, templates } = await readGolden(root, environment.name);
	const { account, regions } = environment.environment;
	const clients = regions.map((region) => awsClients({
		region,
		role
	}));
	const findObstacles = async (atRest, when) => {
		const standing = checkInfraPreflight((await Promise.all(clients.map((one) => readServiceFacts(one, environment, clock.now())))).flat(), (name) => environment.services[name]?.release.image.digest ?? "");
		if (when === "again") return standing;
		report(`comparing ${atRest.length} stacks and the running tasks with git`);
		const stackDrift = await readStackDrift(atRest, role, clock);
		return [...standing, ...checkNoDrift(stackDrift, await readServiceDrift(environment, role, clock))];
	};
	const parametersOf = ({ region }) => firstParameters(project, environment, region);
	const rollouts = async () => (await Promise.all(clients.map((one) => rolloutsSince(one, environment, began)))).flat();
	const isRollingOut = async () => (await rollouts()).length > 0;
	return {
		results: await deployStacks({
			...bootstrapPorts(account, role),
			clock,
			report,
			findObstacles,
			isRollingOut
		}, {
			stacks,
			templates,
			changeSet,
			parametersOf,
			prepareOnly
		}),
		handles: prepareOnly ? [] : await rollouts()
	};
}
async function deployShared({ project, root, role, changeSet, prepareOnly }, clock, report) {
	const golden = await readGolden(root, shared);
	const stacks = deployableShared(golden.stacks);
	const ports = {
		...bootstrapPorts(project.artifacts.account, role),
		clock,
		report,
		findObstacles: async (atRest, when) => {
			if (when === "again") return [];
			report(`comparing ${atRest.length} stacks with git`);
			return checkNoDrift(await readStackDrift(atRest, role, clock), []);
		},
		isRollingOut: async () => false
	};
	const { templates } = golden;
	return {
		results: await deployStacks(ports, {
			stacks,
			templates,
			changeSet,
			parametersOf: () => ({}),
			prepareOnly
		}),
		handles: []
	};
}
function bootstrapPorts(account, role) {
	const here = {
		account,
		role
	};
	return {
		stacks: cloudFormationStacks(bootstrapClients(here, "deploy", (configuration) => new import_dist_cjs.CloudFormationClient(configuration)), ({ region }) => role == null ? void 0 : bootstrapRole("cfn-exec", account, region)),
		templateBucket: bootstrapTemplateBucket(bootstrapClients(here, "file-publishing", (configuration) => new import_dist_cjs$1.S3Client(configuration)))
	};
}
// src/contracts/deploy-stacks.ts
const contract = defineContract({
	environment: string(),
	"prepare-only": booleanInput.prefault("false"),
	role: roleInput.optional()
}, [
	"changed",
	"handles",
	"rollout-role"
]);
// src/deploy-stacks.ts
await runAction("Deploy stacks", async () => {
	const inputs = readInputs(contract.inputs);
	const state = await readDesiredState();
	const { environment: name } = inputs;
	const environment = name === "shared" ? void 0 : findEnvironment(state, name);
	const { account } = environment?.environment ?? state.project.artifacts;
	const commit = process.env["GITHUB_SHA"]?.slice(0, 12) ?? "local";
	const run = `${process.env["GITHUB_RUN_ID"] ?? "0"}-${process.env["GITHUB_RUN_ATTEMPT"] ?? "1"}`;
	const request = {
		project: state.project,
		root: workspace(),
		role: roleToAssume(inputs.role, account, names.role.infra(name)),
		changeSet: `sluice-${commit}-${run}`,
		prepareOnly: inputs["prepare-only"]
	};
	const report = (line) => info(line);
	const { results, handles } = environment ? await deployInfra(request, environment, systemClock, report) : await deployShared(request, systemClock, report);
	setOutputs(contract, {
		changed: results.some(({ outcome }) => outcome !== "unchanged"),
		handles,
		"rollout-role": environment ? roleArn(account, names.role.rollout(name)) : ""
	});
	const rows = results.map(({ stack, outcome, changes }) => [
		stack.name,
		stack.region,
		outcome,
		changes.length
	]);
	await writeSummary(`### Stacks of ${name}\n\n${markdownTable([
		"stack",
		"region",
		"",
		"changes"
	], rows)}`);
});
export {};
