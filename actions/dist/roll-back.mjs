import { s as info } from "./shared/github.mjs";
import { An as describeHandle, Ct as setOutputs, Gt as jsonInput, Ht as writeSummary, Kt as roleInput, L as taskDefinitions, Pt as parseImageReference, Qt as serviceDeployments, R as holds, Rt as systemClock, St as runAction, Wt as defineContract, Xt as awsClients, _n as pollMilliseconds, cn as rolloutHandleSchema, hn as isFinished, in as ecsServices, mn as watchRollout, o as definitionTags, on as readServiceRevision, pn as readRollout, st as revisionIdOf, un as ConfigurationError, wt as readInputs, xt as failStep } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
// core/src/rollout/roll-back.ts
async function rollBack(ports, handle, reason) {
	let view = await readRollout(ports.deployments, handle);
	if (!isFinished(view.state)) {
		await ports.deployments.stop(handle.serviceDeploymentArn);
		view = await watchRollout(ports, handle, "finished", 5);
	}
	if (view.state.phase === "superseded") {
		const message = `nothing to roll back: ${view.state.reason}`;
		throw new ConfigurationError([{
			message,
			hint: "roll back the deployment that came after it"
		}]);
	}
	if (view.state.phase === "roll-back-failed" || view.state.phase === "stopped") return {
		outcome: "failed",
		reason: `${view.state.reason}; the service needs a person`
	};
	if (view.state.phase === "landed") await returnToPrevious(ports, handle, view);
	const service = await readService(ports, handle);
	if (service.primary?.taskDefinitionArn === handle.taskDefinitionArn) return {
		outcome: "failed",
		reason: `${handle.taskDefinitionArn} still runs after the roll back; the service needs a person`
	};
	await hold(ports, handle, reason);
	await ports.definitions.deregister(handle.taskDefinitionArn);
	const now = service.primary?.taskDefinitionArn;
	return {
		outcome: "rolled-back",
		reason: `rolled back to ${now ?? "the revision before"}: ${reason}`,
		...now == null ? {} : { taskDefinitionArn: now }
	};
}
function directConfiguration({ strategy }) {
	return {
		strategy: strategy === "ROLLING" ? "ROLLING" : "BLUE_GREEN",
		minimumHealthyPercent: 100,
		maximumPercent: 200,
		...strategy === "ROLLING" ? {} : { bakeTimeInMinutes: 0 },
		deploymentCircuitBreaker: {
			enable: true,
			rollback: true,
			thresholdConfiguration: {
				type: "BOUNDED_PERCENT",
				value: 50
			}
		},
		alarms: {
			alarmNames: [],
			enable: false,
			rollback: false
		},
		lifecycleHooks: []
	};
}
async function returnToPrevious(ports, handle, { deployment }) {
	const source = deployment.sources[0];
	if (!source) throw new ConfigurationError("there is no release before this one to return to");
	const { tags } = await ports.definitions.read(handle.taskDefinitionArn);
	if (tags[definitionTags.migration] === "contract") throw new ConfigurationError([{
		message: "the release ran a contract migration, and the one before it cannot run on that schema",
		hint: "promote a release that works with the new schema"
	}]);
	const previous = await ports.revisionTaskDefinition(source.arn);
	let service = await readService(ports, handle);
	if (service.primary?.taskDefinitionArn === handle.taskDefinitionArn) service = await ports.services.update(handle.cluster, handle.ecsService, {
		taskDefinitionArn: previous,
		deploymentConfiguration: directConfiguration(handle)
	});
	if (service.primary?.taskDefinitionArn !== previous) throw new ConfigurationError([{
		message: `the service moved on to ${service.primary?.taskDefinitionArn ?? "nothing"} meanwhile`,
		hint: "roll back the deployment that came after it"
	}]);
	const back = await deploymentOf(ports, handle, service.primary.id, deployment.createdAt);
	const { state } = await watchRollout(ports, {
		...handle,
		serviceDeploymentArn: back
	}, "finished", 5);
	if (state.phase !== "landed") throw new Error(`the way back to ${previous} ended as ${state.phase}: ${state.reason}`);
}
async function readService({ services }, { cluster, ecsService }) {
	const service = await services.read(cluster, ecsService);
	if (!service) throw new Error(`expected the ECS service ${ecsService} in cluster ${cluster}, found none`);
	return service;
}
async function deploymentOf(ports, { cluster, ecsService }, deploymentId, since) {
	for (let attempt = 0; attempt < 60; attempt++) {
		const entry = (await ports.deployments.list(cluster, ecsService, since)).find(({ revisionArn }) => revisionIdOf(revisionArn) === revisionIdOf(deploymentId));
		if (entry) return entry.arn;
		await ports.clock.sleep(pollMilliseconds(2, ports.random()));
	}
	throw new Error(`ECS lists no service deployment for ${deploymentId}; run this again to go on`);
}
async function hold({ holds, clock }, handle, reason) {
	const { digest } = parseImageReference(handle.image);
	if ((await holds.read(handle.environment, handle.service))?.serviceDeploymentArn === handle.serviceDeploymentArn) return;
	await holds.write(handle.environment, handle.service, {
		digest,
		reason,
		at: clock.now().toISOString(),
		serviceDeploymentArn: handle.serviceDeploymentArn
	});
}
// src/aws/roll-back.ts
async function rollBackOnAws(clients, clock, handle, reason, report) {
	return rollBack({
		deployments: serviceDeployments(clients.ecs),
		services: ecsServices(clients.ecs),
		definitions: taskDefinitions(clients.ecs),
		holds: holds(clients.ssm),
		clock,
		report,
		random: () => Math.random(),
		revisionTaskDefinition: async (arn) => {
			const { taskDefinition } = await readServiceRevision(clients.ecs, arn);
			if (taskDefinition == null) throw new Error(`the service revision ${arn} names no task definition`);
			return taskDefinition;
		}
	}, handle, reason);
}
// src/contracts/roll-back.ts
const contract = defineContract({
	handle: jsonInput(rolloutHandleSchema),
	reason: string().default("rolled back by hand"),
	role: roleInput.optional()
}, ["outcome", "reason"]);
// src/roll-back.ts
await runAction("Roll back", async () => {
	const { handle, reason, role } = readInputs(contract.inputs);
	const result = await rollBackOnAws(awsClients({
		region: handle.region,
		role
	}), systemClock, handle, reason, (line) => info(line));
	setOutputs(contract, result);
	const sign = result.outcome === "rolled-back" ? "↩️ Rolled back" : "❌ Not rolled back";
	await writeSummary(`### ${sign}: ${result.reason}\n\n${describeHandle(handle)}`);
	if (result.outcome === "failed") failStep("Roll back", result.reason);
});
export {};
