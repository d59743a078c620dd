import { createFileRoute } from '@tanstack/react-router'

import { ClusterPage } from '@/features/platform/cluster_page'

export const Route = createFileRoute('/_app/platform/cluster')({ component: ClusterPage })
