import starlight from '@astrojs/starlight'
import { defineConfig } from 'astro/config'
import { readFileSync } from 'node:fs'

const sidebar = JSON.parse(readFileSync(new URL('./sidebar.json', import.meta.url)))

export default defineConfig({ site: 'https://handbook.example', integrations: [starlight({ title: 'Handbook', sidebar })] })
