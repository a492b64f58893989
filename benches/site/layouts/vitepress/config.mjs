import { readFileSync } from 'node:fs'

const sidebar = JSON.parse(readFileSync(new URL('./sidebar.json', import.meta.url)))

export default { title: 'Handbook', themeConfig: { sidebar, search: { provider: 'local' } } }
