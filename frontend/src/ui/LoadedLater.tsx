import { Component, type ReactNode, Suspense } from 'react'
import { Button } from './Button'

interface LoadedLaterProps {
  /** In its place while it is loaded. */
  waiting: ReactNode
  children: ReactNode
}

/** A part whose code is loaded when it is needed. If the server is away just then, only this part is missing. */
export class LoadedLater extends Component<LoadedLaterProps, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return <Suspense fallback={this.props.waiting}>{this.props.children}</Suspense>
    return (
      <p role="alert">
        The plots could not be loaded. {/* Browsers do not ask a second time for code that failed to load. */}
        <Button small onClick={() => location.reload()}>
          Reload the page
        </Button>
      </p>
    )
  }
}
