import { $ as setOutputs, B as finalStatuses, Ct as awsClients, Dt as names, G as roleToAssume, Nt as listServiceTasks, Q as runAction, R as readGolden, Tt as serviceDeployments, Z as failStep, _t as defineContract, at as readDesiredState, dt as systemClock, et as readInputs, ht as writeSummary, ot as workspace, tt as findEnvironment, wt as clientConfiguration, yt as roleInput } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
import { t as require_dist_cjs } from "./shared/aws.mjs";
// core/src/stacks/drift.ts
function isExpectedDrift({ type, status, properties }) {
	return type === "AWS::ElasticLoadBalancingV2::ListenerRule" && status === "MODIFIED" && properties.length > 0 && properties.every((path) => /^\/Actions\/\d+\/ForwardConfig\/TargetGroups\/\d+\/(Weight|TargetGroupArn)$/.test(path));
}
function describeDrift(stacks, services) {
	return [...stacks.flatMap(({ stack, resources }) => resources.filter((resource) => !isExpectedDrift(resource)).map(({ logicalId, type, status, properties }) => `${stack.name} in ${stack.region}: ${logicalId} (${type}) is ${status.toLowerCase()}${properties.length > 0 ? `: ${properties.join(", ")}` : ""}`)), ...services.filter(({ isMoving, running, released }) => !isMoving && running.some((digest) => digest !== released)).map(({ service, region, released, running }) => `${service} in ${region}: git names ${released}, and ${[...new Set(running)].join(", ")} runs`)];
}
// src/aws/drift.ts
var import_dist_cjs = require_dist_cjs();
const pollMilliseconds = 5e3;
const limitMilliseconds = 9e5;
async function detectDrift(client, clock, stack) {
	const { StackDriftDetectionId } = await client.send(new import_dist_cjs.DetectStackDriftCommand({ StackName: stack.name }));
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
const toDrift = (drift) => ({
	logicalId: drift.LogicalResourceId ?? "",
	type: drift.ResourceType ?? "",
	status: drift.StackResourceDriftStatus ?? "",
	properties: (drift.PropertyDifferences ?? []).map(({ PropertyPath }) => PropertyPath ?? "")
});
// src/aws/check-drift.ts
const monthMilliseconds = 2592e6;
async function checkDrift(environment, { root, role }, clock) {
	const { stacks } = await readGolden(root, environment.name);
	const found = [];
	for (const stack of stacks) {
		const client = new import_dist_cjs.CloudFormationClient(clientConfiguration({
			region: stack.region,
			role
		}, process.env));
		found.push(await detectDrift(client, clock, stack));
	}
	const services = [];
	for (const region of environment.environment.regions) {
		const { ecs } = awsClients({
			region,
			role
		});
		const cluster = names.cluster(environment.name);
		for (const [service, { release }] of Object.entries(environment.services)) {
			const ecsService = names.service(environment.name, service);
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
	return {
		stacks: found,
		services
	};
}
// src/contracts/check-drift.ts
const contract = defineContract({
	environment: string(),
	role: roleInput.optional()
}, ["drifted"]);
// src/check-drift.ts
await runAction("Check drift", async () => {
	const inputs = readInputs(contract.inputs);
	const environment = findEnvironment(await readDesiredState(), inputs.environment);
	const { account } = environment.environment;
	const role = roleToAssume(inputs.role, account, names.role.drift(environment.name));
	const { stacks, services } = await checkDrift(environment, {
		root: workspace(),
		role
	}, systemClock);
	const lines = describeDrift(stacks, services);
	setOutputs(contract, { drifted: lines.length > 0 });
	const title = lines.length > 0 ? "⚠️ differs from git" : "✅ is as git says";
	const list = lines.map((line) => `- ${line}`);
	await writeSummary([
		`### ${environment.name} ${title}`,
		`${stacks.length} stacks compared`,
		...list
	].join("\n\n"));
	if (lines.length > 0) failStep("Check drift", `${environment.name} differs from git: ${lines.join("; ")}`);
});
export {};
