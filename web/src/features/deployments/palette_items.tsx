import { useQueries, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { useTranslation } from '@/i18n'

import { me } from '@/api/queries'
import { useIsPaused } from '@/features/frame/why_not'

import { deployments } from './queries'

// In the palette: one's teams in this organization, and what runs there.
export function TeamItems({
  org,
  item,
  group,
  run,
}: {
  org: string
  item: string
  group: string
  run: (act: () => void) => () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paused = useIsPaused(org)
  const { data } = useQuery(me)
  const teams = data?.organizations.find((one) => one.slug === org || one.id === org)?.teams ?? []
  const lists = useQueries({ queries: teams.map((team) => deployments(org, team.slug)) })
  if (teams.length === 0) return null
  return (
    <>
      <Command.Group heading={t('teams.title')} className={group}>
        {teams.map((team) => (
          <Command.Item
            key={team.id}
            value={`${team.name} ${team.slug} ${team.id}`}
            onSelect={run(() => void navigate({ to: '/o/$org/t/$team', params: { org, team: team.slug } }))}
            className={item}
          >
            <span className="truncate">{team.name}</span>
            <span className="font-mono text-xs text-soft">{team.slug}</span>
          </Command.Item>
        ))}
        {teams
          .filter((team) => team.role !== 'viewer' && !paused)
          .map((team) => (
            <Command.Item
              key={`new-${team.id}`}
              value={`${t('deployments.new_in', { team: team.name })} ${team.slug}`}
              onSelect={run(() => void navigate({ to: '/o/$org/t/$team/new', params: { org, team: team.slug } }))}
              className={item}
            >
              {t('deployments.new_in', { team: team.name })}
            </Command.Item>
          ))}
      </Command.Group>
      <Command.Group heading={t('deployments.title')} className={group}>
        {teams.flatMap((team, at) =>
          (lists[at]?.data?.items ?? []).map((one) => (
            <Command.Item
              key={one.id}
              value={`${one.name} ${team.slug} ${one.id}`}
              onSelect={run(
                () =>
                  void navigate({
                    to: '/o/$org/t/$team/d/$name',
                    params: { org, team: team.slug, name: one.name },
                  }),
              )}
              className={item}
            >
              <span className="truncate font-mono">{one.name}</span>
              <span className="text-xs text-soft">{team.name}</span>
            </Command.Item>
          )),
        )}
      </Command.Group>
    </>
  )
}
