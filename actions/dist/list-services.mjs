import { I as firstEnvironment, St as writeSummary, at as setOutputs, dt as readDesiredState, it as runAction, wt as defineContract, xt as markdownTable } from "./shared/sluice.mjs";
// src/contracts/list-services.ts
const contract = defineContract({}, ["services", "first"]);
// src/list-services.ts
await runAction("List services", async () => {
	const state = await readDesiredState();
	const services = Object.entries(state.project.services);
	const first = firstEnvironment(state);
	setOutputs(contract, {
		services: JSON.stringify(services.map(([name]) => name)),
		first
	});
	const rows = services.map(([name, { path, image, owners }]) => [
		name,
		path,
		image,
		owners.join(", ")
	]);
	await writeSummary(`### Services, on their way to ${first} first\n\n${markdownTable([
		"service",
		"folder",
		"image",
		"owners"
	], rows)}`);
});
export {};
