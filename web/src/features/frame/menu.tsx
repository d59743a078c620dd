import { Ellipsis } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'

const item =
  'flex min-h-8 items-center gap-2 rounded-sm px-2 py-1 outline-none select-none data-[highlighted]:bg-accent-soft data-[disabled]:text-soft'

export function Menu({
  trigger,
  side = 'bottom',
  opened = false,
  children,
}: {
  trigger: ReactNode
  // It comes because somebody has pressed its button.
  opened?: boolean
  side?: 'bottom' | 'top'
  children: ReactNode
}) {
  return (
    <DropdownMenu.Root defaultOpen={opened}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="appear z-40 max-h-[var(--radix-dropdown-menu-content-available-height)] w-60 overflow-y-auto rounded-md border border-line bg-panel p-1 shadow-step"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

// What can be done with one row of a table. `label`: says with which.
export function RowMenu({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={label}
          className="grid size-8 place-items-center rounded-md border border-transparent text-soft hover:border-line hover:text-ink data-[state=open]:border-line"
        >
          <Ellipsis aria-hidden size={16} />
        </button>
      }
    >
      {children}
    </Menu>
  )
}

export function MenuItem({ onSelect, children }: { onSelect: () => void; children: ReactNode }) {
  return (
    <DropdownMenu.Item onSelect={onSelect} className={item}>
      {children}
    </DropdownMenu.Item>
  )
}

export const MenuLine = () => <DropdownMenu.Separator className="my-1 h-px bg-line" />

export function MenuTitle({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 py-1 text-xs text-soft">{children}</DropdownMenu.Label>
}
