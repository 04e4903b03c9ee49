. "$PSScriptRoot/../../../module/parts/start.ps1" 3.0.0
