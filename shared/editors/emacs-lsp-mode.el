;;; emacs-lsp-mode.el --- copilot-lsp through lsp-mode 10 or newer, with ghost text  -*- lexical-binding: t -*-

;; Put this into your init file. A suggestion appears as shadow text when you pause; TAB takes it, C-n and C-p go through
;; others, C-g or any other key sends it away. It runs beside the language server that the buffer has.
;; Sign in once with `copilot-lsp login' in a shell, or with M-x copilot-sign-in here. M-x copilot-status says how it goes.

(require 'lsp-mode)
(require 'lsp-inline-completion)

(lsp-register-client
 (make-lsp-client
  :server-id 'copilot-lsp
  :new-connection (lsp-stdio-connection '("copilot-lsp" "--stdio"))
  :activation-fn (lambda (&rest _) (derived-mode-p 'prog-mode))
  :add-on? t
  :priority -2
  :multi-root t
  :completion-in-comments? t
  :notification-handlers (lsp-ht ("didChangeStatus" #'ignore))))

;; The second must be longer than the first, or it is over before it begins.
(setq lsp-idle-delay 0.1
      lsp-inline-completion-idle-delay 0.25)
(define-key lsp-inline-completion-active-map (kbd "TAB") #'lsp-inline-completion-accept)
(put 'lsp-inline-completion-accept 'lsp-inline-completion-keep t)

(add-hook 'prog-mode-hook #'lsp-deferred)

(defun copilot-next-edit ()
  "Make the edit that should follow the last ones, and go there.
M-x lsp-execute-code-action shows it before it is made."
  (interactive)
  (lsp-workspace-command-execute "copilot.nextEdit" []))

(define-key lsp-mode-map (kbd "C-c n") #'copilot-next-edit)

(defun copilot-sign-in ()
  "Sign in to GitHub Copilot; the code to enter is shown as a message."
  (interactive)
  (lsp-workspace-command-execute "copilot.signIn" []))

(defun copilot-sign-out ()
  "Sign out of GitHub Copilot."
  (interactive)
  (lsp-workspace-command-execute "copilot.signOut" []))

(defun copilot-status ()
  "Say how it goes with GitHub Copilot, as a message."
  (interactive)
  (lsp-workspace-command-execute "copilot.status" []))

;;; emacs-lsp-mode.el ends here
