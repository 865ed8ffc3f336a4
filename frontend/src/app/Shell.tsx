import { Link, Outlet } from '@tanstack/react-router'
import { ConnectionIndicator } from '../live/ConnectionIndicator'
import { MoonIcon, SunIcon } from '../ui/icons'
import { Toasts } from '../ui/Toasts'
import { Logo } from './Logo'
import styles from './Shell.module.css'
import { toggleTheme, useTheme } from './theme'

export function Shell() {
  return (
    <>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <Link to="/" className={styles.brand} aria-label="Asktell: all tasks">
            <Logo />
            <span className={styles.name}>Asktell</span>
          </Link>
          <nav className={styles.nav} aria-label="Main">
            <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
              Tasks
            </Link>
            <a href="/graphiql">GraphiQL</a>
          </nav>
          <div className={styles.end}>
            <ConnectionIndicator />
            <ThemeToggle />
          </div>
        </div>
      </header>
      <main id="content" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
      <Toasts />
    </>
  )
}

function ThemeToggle() {
  const theme = useTheme()
  const label = theme === 'dark' ? 'Use light theme' : 'Use dark theme'
  return (
    <button
      type="button"
      className={styles.theme}
      onClick={toggleTheme}
      aria-label={label}
      title={label}
      data-testid="theme-toggle"
    >
      {theme === 'dark' ? <SunIcon /> : <MoonIcon />}
    </button>
  )
}
