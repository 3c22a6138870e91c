import { Ot as readDesiredState, Rt as markdownTable, St as setOutputs, Vt as defineContract, Y as firstEnvironment, xt as runAction, zt as writeSummary } from "./shared/sluice.mjs";
// src/contracts/list-services.ts
const contract = defineContract({}, [
	"services",
	"environments",
	"first"
]);
// src/list-services.ts
await runAction("List services", async () => {
	const state = await readDesiredState();
	const services = Object.entries(state.project.services);
	const first = firstEnvironment(state);
	setOutputs(contract, {
		services: JSON.stringify(services.map(([name]) => name)),
		environments: JSON.stringify(Object.keys(state.environments)),
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
